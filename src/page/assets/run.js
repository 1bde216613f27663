/* run.js: where the page begins. What is ready, or why not, stands in the body's data: tests wait for it. */
start().then((page) => {
    window.tcpprobePage = page;
    document.body.dataset.ready = 'yes';
}, (error) => {
    document.body.prepend(make('pre', 'failed', `this page cannot show its data: ${error}`));
    document.body.dataset.ready = 'failed';
});
