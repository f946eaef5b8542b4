// A picture as the school's logo: whatever was chosen becomes a small PNG, in base64. What is small enough already stays as it
// is.

/** As the office has it (node/src/app/admin/settings.rs). */
const MOST_BYTES = 90_000;
/** Longest sides that are tried, in pixels: 600 is sharp at 5 cm on paper. */
const SIDES = [600, 400, 300, 200, 120];

export type LogoProblem = "logoNotRead" | "logoTooRich";

export async function logoOf(file: File): Promise<{ png: string } | { problem: LogoProblem }> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return { problem: "logoNotRead" };
  if (file.type === "image/png" && file.size <= MOST_BYTES) return { png: await base64(file) };
  for (const side of SIDES) {
    const picture = await drawn(bitmap, side);
    if (picture && picture.size <= MOST_BYTES) return { png: await base64(picture) };
  }
  return { problem: "logoTooRich" };
}

/** Never larger than it was. */
export function fitted(width: number, height: number, side: number): [number, number] {
  const scale = Math.min(1, side / Math.max(width, height, 1));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

function drawn(bitmap: ImageBitmap, side: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fitted(bitmap.width, bitmap.height, side);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

async function base64(picture: Blob): Promise<string> {
  const bytes = new Uint8Array(await picture.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
