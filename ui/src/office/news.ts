// Word of the sync that runs beside the window: something may be another way than it is on the screen (node/shell/src/window.rs).

const EVENT = "pems-news";

/** Listens until the returned function is called. */
export function onnews(heard: () => void): () => void {
  addEventListener(EVENT, heard);
  return () => removeEventListener(EVENT, heard);
}
