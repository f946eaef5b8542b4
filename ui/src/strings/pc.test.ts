import { expect, test } from "vitest";
import { pcCalled } from "./pc";

test("a PC is called by its name, and the word is said once", () => {
  expect(["Registrar 2", "…6AF2", "Registrar PC", "pc ni Ana", "Pcell"].map(pcCalled)).toEqual([
    "PC Registrar 2",
    "PC …6AF2",
    "Registrar PC",
    "pc ni Ana",
    "PC Pcell",
  ]);
});
