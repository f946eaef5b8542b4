export const firstrun = {
  title: "Welcome. This PC is not enrolled yet.",
  why: "Once it is, your school’s records live on this PC, encrypted, and stay usable without internet.",
  ask: "Ask your division’s system administrator for two things",
  askWhat: "The address of the hub, and a one-time code for this PC. The code is valid for a short time only.",
  enrol: "Enrol this PC",
  enrolHow: "Open a terminal, and run this with your address and code:",
  wait: "Come back here",
  waitWhat: "The window continues by itself as soon as the PC is enrolled. Nothing has to be restarted.",
};
