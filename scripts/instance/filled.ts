/** The line by which the demo's process says that contracts and runs are there. */
export const FILLED = 'filled';
