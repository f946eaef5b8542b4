// What the stranger of the window sees and minds of the page. Put into the page once after every start.
if (!window.stranger) {
  const errors = [];
  let pending = 0;
  addEventListener("error", (event) => errors.push("script error: " + (event.error?.stack ?? event.message)));
  addEventListener("unhandledrejection", (event) => errors.push("unhandled: " + (event.reason?.stack ?? event.reason?.message ?? JSON.stringify(event.reason))));
  addEventListener("securitypolicyviolation", (event) => errors.push("policy: " + event.violatedDirective + " " + event.blockedURI));
  const invoke = window.__TAURI_INTERNALS__.invoke;
  const refused = [];
  window.__TAURI_INTERNALS__.invoke = (command, ...rest) => {
    // The system's own file dialogs are nobody's to click here: they are answered with Cancel.
    if (command.startsWith("choose_")) return Promise.resolve(null);
    pending += 1;
    const done = () => (pending -= 1);
    const asked = invoke(command, ...rest);
    asked.then(done, (why) => {
      done();
      if (why?.code === "internal" || why?.code === "bad_request") refused.push(JSON.stringify(rest[0]?.request) + " -> " + JSON.stringify(why));
    });
    return asked;
  };

  const CLICKABLE = "a[href], button, input, select, textarea, summary, [role=button], [role=tab], [role=option], [role=gridcell], [role=menuitem], [role=row], label";
  const TYPABLE = "input:not([type=checkbox], [type=radio], [type=file], [type=button]), textarea, select, [contenteditable=true]";
  const within = (x, y) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
  const middle = (element) => {
    const box = element.getBoundingClientRect();
    return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
  };
  const reachable = (element) => {
    const [x, y] = middle(element);
    if (!within(x, y) || element.disabled) return false;
    const top = document.elementFromPoint(x, y);
    return top !== null && (element === top || element.contains(top) || top.contains(element));
  };
  const name = (element) =>
    element === document.body || !element
      ? "nothing"
      : [element.tagName.toLowerCase(), element.getAttribute("name") ?? element.getAttribute("aria-label") ?? element.innerText?.trim().slice(0, 40) ?? "", element.closest("dialog")?.querySelector("h2")?.innerText ?? ""].join("|");
  const value = (element) => (element.type === "checkbox" || element.type === "radio" ? element.checked : element.value);

  window.stranger = {
    // Something to click or to type into: what it is and where.
    choose(kind, number) {
      const all = [...document.querySelectorAll(kind === "type" ? TYPABLE : CLICKABLE)].filter((one) => reachable(one) && (kind !== "type" || !one.readOnly));
      if (all.length === 0) return null;
      const element = all[number % all.length];
      window.stranger.chosen = element;
      const [x, y] = middle(element);
      const options = element.tagName === "SELECT" ? element.options.length : 0;
      return { x, y, name: name(element), type: element.type ?? "", tag: element.tagName.toLowerCase(), value: value(element) ?? null, options, limit: element.maxLength > 0 ? element.maxLength : null };
    },
    // The chosen one afterwards; null where it is gone.
    after() {
      const element = window.stranger.chosen;
      return element?.isConnected && element.getClientRects().length > 0 ? { value: value(element) ?? null, focused: document.activeElement === element } : null;
    },
    state() {
      const lost = errors.splice(0), odd = refused.splice(0);
      return {
        errors: lost,
        refused: odd,
        text: document.body.innerText,
        hash: location.hash,
        focus: name(document.activeElement),
        modal: [...document.querySelectorAll("dialog[open]")].length,
      };
    },
    // When nothing is asked any more and the page has drawn it.
    settled(done) {
      let calm = 0, looks = 0;
      const look = () => {
        calm = pending === 0 ? calm + 1 : 0;
        looks += 1;
        if (calm >= 3 || looks > 400) done(pending);
        else setTimeout(look, 15);
      };
      look();
    },
    paste(text) {
      const data = new DataTransfer();
      data.setData("text/plain", text);
      const target = document.activeElement ?? document.body;
      const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
      const taken = !target.dispatchEvent(event);
      if (!taken && "setRangeText" in target && !target.readOnly) document.execCommand("insertText", false, text);
    },
    names: () => [...document.querySelectorAll(".data [data-column='0']")].map((cell) => cell.innerText.trim()),
  };
}
return null;
