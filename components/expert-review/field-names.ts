/** Fields of the rating form that hold the value of a criterion are called this and its id. */
export const CRITERION = 'criterion:';
