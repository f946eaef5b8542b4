// Filing forms: the last file that was made, or why none was.

import type { FormAsked, FormFormat, FormPrinted } from "../../generated/forms";
import { call } from "../../shared/call";
import { sentence } from "../enrolment/said";

export class Filing {
  printed = $state.raw<FormPrinted | null>(null);
  refused = $state<string | null>(null);
  busy = $state(false);

  async file(asked: FormAsked[], format: FormFormat): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.printed = null;
    this.refused = null;
    try {
      this.printed = await call({ do: "forms.print", asked, format });
    } catch (error) {
      this.refused = sentence(error);
    } finally {
      this.busy = false;
    }
  }
}
