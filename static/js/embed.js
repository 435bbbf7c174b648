// Tells the page around the frame how high the embed would like to be, each time that its height or width changes.
// Whoever listens may follow: { type: "embed-height", height: 412 }, in CSS pixels.
const { body } = document;

new ResizeObserver(() => {
  // What is there needs less than the whole frame, which the body fills.
  body.style.minBlockSize = "0";
  const height = Math.ceil(body.getBoundingClientRect().height);
  body.style.minBlockSize = "";
  parent.postMessage({ type: "embed-height", height }, "*");
}).observe(body);
