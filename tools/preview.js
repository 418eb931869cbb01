// @ts-check
// Reloads a page after a build; shows in it why a build failed. Served by tools/preview_server.py only.

const builds = new URL(/** @type {HTMLScriptElement} */ (document.currentScript).src).search;

function connect() {
  const socket = new WebSocket(`ws://${location.host}/websocket-reload${builds}`);
  socket.onmessage = ({ data }) => {
    const { failed } = JSON.parse(data);
    if (failed) {
      show(failed);
    } else {
      location.reload();
    }
  };
  socket.onclose = () => setTimeout(connect, 1000); // it may be started again
}

/** @param {string} text */
function show(text) {
  document.getElementById("la-failed")?.remove();
  const box = document.createElement("pre");
  box.id = "la-failed";
  box.setAttribute("role", "alert");
  box.textContent = `The site was not built; below is the page as it was.\n\n${text}`;
  box.style.cssText =
    "margin: 0; padding: 1rem; white-space: pre-wrap; background: #2a2114; color: #ffb454";
  document.body.prepend(box);
  scrollTo(0, 0);
}

connect();
