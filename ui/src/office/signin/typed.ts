// The password that was just typed to sign in, for the one page that would ask for it again at once. Given away once, and gone.

let typed: string | null = null;

export const noteTyped = (password: string): void => void (typed = password);

export function typedPassword(): string | null {
  const given = typed;
  typed = null;
  return given;
}
