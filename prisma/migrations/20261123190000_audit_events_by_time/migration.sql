-- What happened lately, to whomever: read every half minute by each process that
-- compares what it knows with the database.
CREATE INDEX "audit_events_occurred_at_id_idx" ON "audit_events"("occurred_at" DESC, "id" DESC);
