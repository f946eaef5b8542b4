import { expect, test } from "vitest";
import { single } from "./single";

test("an act that is asked for while it runs is done once, and again afterwards, whether it worked or not", async () => {
  const ends: ((works: boolean) => void)[] = [];
  const act = single(async (_what: string) => {
    if (!(await new Promise<boolean>((end) => ends.push(end)))) throw new Error("refused");
  });
  const first = act("a");
  const second = act("b");
  expect(ends).toHaveLength(1);
  ends[0]?.(false);
  await expect(first).rejects.toThrow("refused");
  await expect(second).rejects.toThrow("refused");
  const again = act("c");
  expect(ends).toHaveLength(2);
  ends[1]?.(true);
  await again;
});
