import { expect, test } from "vitest";
import { UndoLog } from "./undo_log";

test("what was done on this screen is taken back one after the other", () => {
  const log = new UndoLog();
  log.note("a", "learners");
  log.note("b", "learners");
  expect(log.isLast("b", "learners")).toBe(true);
  log.takes();
  log.note("a", "learners");
  expect(log.isLast("a", "learners")).toBe(true);
  expect(log.isLast(null, "learners"), "nothing to undo is said, not asked").toBe(true);
});

test("an import is not taken back by who looks at another screen", () => {
  const log = new UndoLog();
  log.note("import", "imports");
  expect(log.isLast("import", "learners")).toBe(false);
});

test("a decision that wrote nothing does not let the act before it be taken for it", () => {
  const log = new UndoLog();
  log.note("settled", "review");
  log.note("settled", "review");
  expect(log.isLast("settled", "review")).toBe(false);
  log.note("next", "review");
  expect(log.isLast("next", "review")).toBe(true);
});

test("what nobody saw being done is asked for", () => expect(new UndoLog().isLast("x", "home")).toBe(false));
