-- Whether a user has signed in on a device before, however many sessions there were since.
-- It may be there: built without holding writes up, where there are many sessions.
CREATE INDEX IF NOT EXISTS "sessions_user_id_device_id_idx" ON "sessions"("user_id", "device_id") WHERE "device_id" IS NOT NULL;
