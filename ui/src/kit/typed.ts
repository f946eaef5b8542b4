// What was typed into the controls of a dialog: whether closing it would lose something, and where it was typed last.

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const isControl = (target: EventTarget | null): target is Control =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
const valueOf = (control: Control): string =>
  control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type) ? String(control.checked) : control.value;

/** The handlers belong on what holds the controls. */
export class Typed {
  /** What each held before it was touched: what the office fills in meanwhile is nobody's work. */
  #was = new Map<Control, string>();
  /** Also those that are gone from the screen since: what they held is lost all the same. */
  #touched = new Set<Control>();
  last: Control | null = null;

  /** Another dialog begins. */
  forget(): void {
    this.#was.clear();
    this.#touched.clear();
    this.last = null;
  }
  begin = ({ target }: Event): void => {
    if (isControl(target) && !this.#touched.has(target)) this.#was.set(target, valueOf(target));
  };
  /** Before a key does something: letters choose in a list too, and no event says so. */
  press = (event: KeyboardEvent): void => {
    if (event.key === "Tab" || event.key === "Escape") return;
    this.begin(event);
    this.touch(event);
  };
  touch = ({ target }: Event): void => {
    if (!isControl(target)) return;
    this.#touched.add(target);
    this.last = target;
  };

  /** What was typed and taken back again is nothing to lose. */
  get isChanged(): boolean {
    return [...this.#touched].some((control) => this.#was.get(control) !== valueOf(control));
  }
}
