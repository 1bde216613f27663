/* dom.js: elements. All text reaches the page through here, as text. */

function byId(id) {
    return document.getElementById(id);
}

/* An element with its class and its children, which are elements or text. */
function make(tag, name, ...children) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...children.filter((child) => child != null).map((child) => child instanceof Node ? child : String(child)));
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
