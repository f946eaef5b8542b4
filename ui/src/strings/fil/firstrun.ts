import type { firstrun as english } from "../en/firstrun";

export const firstrun: typeof english = {
  title: "Maligayang pagdating. Hindi pa naka-enrol ang PC na ito.",
  why: "Kapag naka-enrol na, nasa PC na ito ang mga record ng paaralan, naka-encrypt, at magagamit kahit walang internet.",
  ask: "Humingi ng dalawang bagay sa system administrator ng division",
  askWhat: "Ang address ng hub, at isang code para sa PC na ito. Isang beses lang at saglit lang magagamit ang code.",
  enrol: "I-enrol ang PC na ito",
  enrolHow: "Magbukas ng terminal, at patakbuhin ito gamit ang address at code:",
  wait: "Bumalik dito",
  waitWhat: "Kusang magpapatuloy ang window kapag naka-enrol na ang PC. Hindi kailangang i-restart.",
};
