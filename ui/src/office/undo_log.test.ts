import { expect, test } from "vitest";
import { UndoLog } from "./undo_log";

test("what was done on this screen is taken back one after the other", () => {
  const log = new UndoLog();
  log.note("a", "learners");
  log.note("b", "learners");
  expect(log.asks("b", "learners")).toBeNull();
  log.takes();
  log.note("a", "learners");
  expect(log.asks("a", "learners")).toBeNull();
  expect(log.asks(null, "learners"), "nothing to undo is said, not asked").toBeNull();
});

test("an import is not taken back by who looks at another screen", () => {
  const log = new UndoLog();
  log.note("import", "imports");
  expect(log.asks("import", "learners")).toBe("elsewhere");
});

test("a decision that wrote nothing does not let the act before it be taken for it", () => {
  const log = new UndoLog();
  log.note("settled", "review");
  log.note("settled", "review");
  expect(log.asks("settled", "review")).toBe("since");
  log.note("next", "review");
  expect(log.asks("next", "review")).toBeNull();
});

test("what nobody saw being done is asked for", () => expect(new UndoLog().asks("x", "home")).toBe("elsewhere"));
