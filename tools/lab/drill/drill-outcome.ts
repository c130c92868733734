/** Says something while a drill runs. */
export type Tell = (line: string) => void;

/** How a drill ended. */
export interface DrillOutcome {
  readonly passed: boolean;
}
