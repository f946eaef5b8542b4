export const grid = {
  choose: "Chosen",
  chooseAll: "Choose all rows",
  chosen: "chosen",
  notChosen: "not chosen",
  meanwhile: (value: string) =>
    `${value === "" ? "Emptied" : `Now “${value}”`} elsewhere. Enter keeps yours, Esc takes theirs.`,
  help: "Arrows move, Enter edits, Escape and then Tab leaves the list.",
};
