// What is pasted into a field of one line: a tab or a new line (a cell of a spreadsheet ends with one) becomes a space, for every
// input alike. The browser would drop new lines without one, and the records refuse tabs.

const BREAKS = /[\t\r\n\v\f\u2028\u2029]+/g;
const ENDS = /[\t\r\n]+$/;

export const oneLine = (text: string): string => text.replace(BREAKS, " ");

/** For the document: pastes the text as one line, where it goes into an input and nobody else took it. */
export function pasteOneLine(event: ClipboardEvent): void {
  const input = event.target;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (
    event.defaultPrevented ||
    !(input instanceof HTMLInputElement) ||
    input.readOnly ||
    input.type === "password" ||
    oneLine(text) === text
  )
    return;
  // Boxes, dates of the browser and numbers have no place where the keys are.
  if (input.selectionStart === null) return;
  event.preventDefault();
  // A cell of a spreadsheet ends with a break that is no part of it.
  const line = oneLine(text.replace(ENDS, ""));
  const free = input.maxLength < 0 ? line.length : input.maxLength - input.value.length + (input.selectionEnd ?? 0) - input.selectionStart;
  input.setRangeText(line.slice(0, Math.max(0, free)), input.selectionStart, input.selectionEnd ?? input.selectionStart, "end");
  input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
}
