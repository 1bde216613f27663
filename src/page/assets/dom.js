/* dom.js: elements. All text reaches the page through here, as text. */

function byId(id) {
    return document.getElementById(id);
}

/* What would turn the direction of writing, or is no character to be seen, as its number: a name looks like what
 * it is. The program does so with the names of connections; titles and names of runs come as they are. */
function visible(text) {
    return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
        (character) => '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0'));
}

/* An element with its class and its children, which are elements or text. */
function make(tag, name, ...children) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...children.filter((child) => child != null).map((child) => child instanceof Node ? child : visible(child)));
    return element;
}

function makeSvg(tag, attributes, ...children) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
}

/* A colour or a font of the theme. */
function themed(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

/* For people who hear the page. */
function speak(text) {
    byId('spoken').textContent = text;
}

/* Calls once before the next picture, however often it is asked. */
function onNextFrame(action) {
    let asked = 0;
    return () => {
        if (!asked) asked = requestAnimationFrame(() => { asked = 0; action(); });
    };
}

/* A key of colours: what is named is seen. */
function colourKey(name, colour) {
    const patch = make('i');
    patch.style.background = colour;
    return make('span', '', patch, name);
}
