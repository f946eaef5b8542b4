import type { shortcuts as english } from "../en/shortcuts";

export const shortcuts: typeof english = {
  title: "Mga shortcut sa keyboard",
  groups: { anywhere: "Kahit saan", screen: "Sa screen na ito", grid: "Sa listahan", edit: "Habang nagta-type sa cell" },
  palette: "Hanapin kahit ano",
  undo: "Ibalik ang huling ginawa",
  redo: "Gawin ulit",
  back: "Bumalik sa naunang screen",
  sheet: "Ang listahang ito",
  screen: (name: string) => `Pumunta sa ${name}`,
  grid: {
    move: "Lumipat",
    ends: "Una, huling column",
    corners: "Una, huling hanay",
    page: "Isang pahina pataas, pababa",
    select: "Piliin ang hanay",
    extend: "Pumili pa ng hanay",
    all: "Piliin lahat ng hanay",
    edit: "Baguhin ang cell",
    copy: "Kopyahin papuntang Excel",
    paste: "I-paste mula sa Excel",
    down: "Itago, bumaba",
    right: "Itago, kumanan",
    cancel: "Iwan kung ano ito dati",
    sort: "Ayusin ayon sa column",
    width: "Paliitin, palakihin ang column",
  },
};
