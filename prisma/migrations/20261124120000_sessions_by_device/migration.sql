-- Whether a user has signed in on a device before, however many sessions there were since.
CREATE INDEX "sessions_user_id_device_id_idx" ON "sessions"("user_id", "device_id") WHERE "device_id" IS NOT NULL;
