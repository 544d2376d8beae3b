-- The index of words has of each run the period it began in, too (2^39 microseconds, six days): of thousands of runs that have a word
-- those of some weeks are found without reading the places of all.
DROP INDEX run_words_words;
CREATE INDEX run_words_words ON run_words USING gin (words, (ARRAY[started_us >> 39])) WHERE words IS NOT NULL;
