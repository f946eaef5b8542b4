import type { needs as english } from "../en/needs";

export const needs: typeof english = {
  title: "Kailangan ka",
};
