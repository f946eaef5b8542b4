// What is asked of a learner who is new here.

export interface NewFields {
  last_name: string;
  first_name: string;
  middle_name: string;
  name_ext: string;
  sex: string;
  birth_date: string;
  lrn: string;
}

export const empty = (): NewFields => ({
  last_name: "",
  first_name: "",
  middle_name: "",
  name_ext: "",
  sex: "",
  birth_date: "",
  lrn: "",
});
