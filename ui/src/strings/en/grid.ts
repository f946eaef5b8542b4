export const grid = {
  choose: "Chosen",
  chooseAll: "Choose all rows",
  chosen: "chosen",
  notChosen: "not chosen",
  help: "Arrows move, Enter edits, Escape and then Tab leaves the list.",
};
