-- The ceilings an agent broke are found among all its breaches, of which there are more every day.
CREATE INDEX breach_of_code ON breach (agent_id, code, happened_at DESC) WHERE agent_id IS NOT NULL;
