// The grade levels in their order (model: GRADE_LEVELS).

import type { Enrolment } from "../../generated/entities";

export type Grade = Enrolment["grade_level"];

export const GRADES = ["K", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "NG"] as const satisfies readonly Grade[];
