export const grid = {
  choose: "Chosen",
  chooseAll: "Choose all rows",
  chosen: "chosen",
  notChosen: "not chosen",
  meanwhile: (value: string) => `${value === "" ? "Emptied" : `Now “${value}”`} elsewhere. Enter keeps yours, Esc takes theirs.`,
  sized: (label: string, rem: number) => `${label} is ${rem} wide now`,
  help: "Arrows move, Enter edits, Escape and then Tab leaves the list.",
};
