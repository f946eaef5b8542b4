// What is being typed into a grid, and what became of what was typed. It belongs to a record and not to a place in the list:
// a refresh under the typing hands changes nothing here, and what was refused stays with its words until it is mended.
import { kept } from "../field";
import { matching } from "../options";
import { isEditable, said, type Column } from "./columns";
import { sentence } from "../error_text";

/** What a commit answers: nothing where it is kept, or why not. It resolves when the rows show the new value. */
export type Outcome = { message: string } | null | undefined;
export type Commit<T> = (row: T, key: string, value: string) => Promise<Outcome>;

export interface Mark {
  /** What was typed. */
  text: string;
  /** Why it was refused; null while it is being kept. */
  message: string | null;
}

export class CellEdit<T extends { id: string }> {
  #commit: () => Commit<T> | undefined;
  #onrefused: (column: Column<T>, message: string) => void;
  row = $state.raw<T | null>(null);
  column = $state.raw<Column<T> | null>(null);
  text = $state("");
  /** Which of the choices Enter takes. */
  choice = $state(0);
  #marks = $state.raw<ReadonlyMap<string, Mark>>(new Map());

  readonly choices = $derived(this.column?.choices ? matching(this.column.choices, this.text) : []);

  constructor(commit: () => Commit<T> | undefined, onrefused: (column: Column<T>, message: string) => void) {
    this.#commit = commit;
    this.#onrefused = onrefused;
  }

  get on(): boolean {
    return this.row !== null;
  }

  mark(id: string, key: string): Mark | undefined {
    return this.#marks.size === 0 ? undefined : this.#marks.get(place(id, key));
  }

  /** Begins with what the cell holds, or with what was refused there. */
  begin(row: T | undefined, column: Column<T> | undefined): boolean {
    if (!this.#commit() || !row || !column || !isEditable(column, row)) return false;
    this.row = row;
    this.column = column;
    this.text = this.mark(row.id, column.key)?.text ?? started(column, row);
    this.choice = Math.max(
      0,
      this.choices.findIndex((choice) => choice.text === this.text),
    );
    return true;
  }

  /** What the keys made of the text. */
  typed(text: string): void {
    this.text = text;
    this.choice = 0;
  }

  /** What the cell holds now, where that is something else than what the typing began with: somebody else changed it. */
  changedTo(now: T | undefined): string | null {
    if (!this.row || !this.column || now?.id !== this.row.id) return null;
    const text = started(this.column, now);
    return text === started(this.column, this.row) ? null : text;
  }

  cancel(): void {
    if (this.row && this.column) this.#drop(this.row.id, this.column.key);
    this.row = null;
    this.column = null;
  }

  /** Ends the typing; the value is kept behind it. */
  end(): void {
    const { row, column } = this;
    if (!row || !column) return;
    const was = this.mark(row.id, column.key);
    const picked = column.choices && this.text !== "" ? this.choices[this.choice] : undefined;
    this.row = null;
    this.column = null;
    const text = picked?.text ?? kept("text", this.text);
    if (text === (was?.text ?? started(column, row)) && !was?.message) return;
    void this.keep(row, column, picked?.id ?? text, text);
  }

  /** Keeps a value; shows `text` meanwhile, and with the reason where it is refused. */
  async keep(row: T, column: Column<T>, value: string, text = value): Promise<void> {
    const mark: Mark = { text, message: null };
    this.#set(row.id, column.key, mark);
    let message: string | null;
    try {
      message = (await this.#commit()?.(row, column.key, value))?.message ?? null;
    } catch (error) {
      message = sentence(error);
    }
    // Typed again meanwhile: the newer text has its own fate.
    if (this.mark(row.id, column.key) !== mark) return;
    if (message === null) return this.#drop(row.id, column.key);
    this.#set(row.id, column.key, { text, message });
    this.#onrefused(column, message);
  }

  #set(id: string, key: string, mark: Mark): void {
    this.#marks = new Map(this.#marks).set(place(id, key), mark);
  }

  #drop(id: string, key: string): void {
    const marks = new Map(this.#marks);
    if (marks.delete(place(id, key))) this.#marks = marks;
  }
}

const place = (id: string, key: string): string => `${id} ${key}`;

function started<T>(column: Column<T>, row: T): string {
  return column.edit?.(row) ?? said(column, row);
}
