/** One line of a measure: our figure beside the reference's, and their ratio, at least `goal`. */
export interface Line {
  what: string;
  ours: number;
  reference: number;
  unit: string;
  ratio: number;
  goal: number;
}
