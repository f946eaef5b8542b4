import { expect, test } from "vitest";
import { parse } from "../../kit/address";
import { askedOf, backOf, everyOf, isOfSchool, listAddress, placeOf } from "./asked";

test("addresses mean forms", () => {
  expect(askedOf(parse("#/forms/sf2/S/2026-06"))).toEqual({ form: "sf2", section: "S", month: "2026-06" });
  expect(askedOf(parse("#/forms/sf2?section=S&month=2026-06"))).toEqual({ form: "sf2", section: "S", month: "2026-06" });
  expect(askedOf(parse("#/forms/sf1/S"))).toEqual({ form: "sf1", section: "S" });
  expect(askedOf(parse("#/forms/class_list?section=S"))).toEqual({ form: "class_list", section: "S" });
  expect(askedOf(parse("#/forms/certificate/L"))).toEqual({ form: "certificate", student: "L" });
  for (const nothing of ["#/forms", "#/forms/sf2/S", "#/forms/certificate", "#/forms/other/S"]) expect(askedOf(parse(nothing))).toBeNull();
});

test("a list is asked for as it stands on the screen", () => {
  const query = { text: "peña & co", filters: { grade: ["7"], no_lrn: true }, sort: [{ key: "name", down: true }] };
  const address = parse(listAddress(query, ["name", "lrn"]));
  expect(askedOf(address)).toEqual({ form: "learner_list", query, columns: ["name", "lrn"] });
  expect(askedOf(parse(listAddress({}, ["name"], ["L"])))).toEqual({ form: "learner_list", query: {}, columns: ["name"], chosen: ["L"] });
  expect(askedOf(parse("#/forms/learner_list?list=%7B"))).toBeNull();
  expect(askedOf(parse("#/forms/learner_list"))).toEqual({ form: "learner_list" });
  expect([askedOf(parse("#/forms/day/2026-06-16")), askedOf(parse("#/forms/away"))]).toEqual([
    { form: "day", date: "2026-06-16" },
    { form: "away" },
  ]);
  expect(backOf({ form: "learner_list" }).screen).toBe("learners");
});

test("a batch is the form of every section that may be asked for it", () => {
  const forms = ["sf1", "sf2", "class_list"];
  const sections = [
    { id: "A", forms },
    { id: "B", forms },
  ];
  expect(everyOf("sf1", sections, "2026-06")).toEqual([
    { form: "sf1", section: "A" },
    { form: "sf1", section: "B" },
  ]);
  expect(everyOf("sf2", sections, "2026-06")[1]).toEqual({ form: "sf2", section: "B", month: "2026-06" });
  expect(everyOf("sf1", [...sections, { id: "C", forms: ["class_list"] }], "2026-06").length).toBe(2);
});

test("what is missing leads to where it is typed", () => {
  const missing = { record: "student", id: "L", field: "sex", label: "Sex", who: "CRUZ, ANA", severity: "must" } as const;
  expect(placeOf(missing)).toBe("#/learners/L?field=sex");
  expect(placeOf({ ...missing, field: "birth_date" })).toBe("#/learners/L?field=birth_date");
  expect(placeOf({ ...missing, record: "school_profile", id: null, field: "head_name" })).toBe("#/admin/settings?field=head_name");
  const year = { ...missing, record: "school_year", id: null, field: "cutoff_date" };
  expect([placeOf(year), isOfSchool(year), isOfSchool(missing)]).toEqual(["#/admin/years?field=cutoff_date", true, false]);
  expect(placeOf({ ...missing, record: "other" })).toBeNull();
});
