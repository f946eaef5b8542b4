export const signin = {
  title: "Sign in",
};
