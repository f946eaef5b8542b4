// Filing forms: the last file that was made, or why none was.

import type { FormAsked, FormFormat, FormPrinted, Missing } from "../../generated/forms";
import { call, isFailure } from "../call";
import { sentence } from "../../kit/error_text";

export class Filing {
  printed = $state.raw<FormPrinted | null>(null);
  refused = $state<string | null>(null);
  /** What the refused forms lack, all of them together. */
  missing = $state.raw<Missing[]>([]);
  busy = $state(false);

  async file(asked: FormAsked[], format: FormFormat): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.printed = null;
    this.refused = null;
    this.missing = [];
    try {
      this.printed = await call({ do: "forms.print", asked, format });
    } catch (error) {
      this.missing = missingOf(error);
      if (this.missing.length === 0) this.refused = sentence(error);
    } finally {
      this.busy = false;
    }
  }
}

function missingOf(error: unknown): Missing[] {
  const details = isFailure(error) ? (error.details as { missing?: Missing[] } | undefined) : undefined;
  return details?.missing ?? [];
}
