-- The usual exchange of a refresh token, in one statement of the service. Returns no row and changes nothing where anything is
-- unusual (a token that was used before, a session that is over, limited or cut off, too many tries …): the service then decides step
-- by step.
CREATE FUNCTION "exchange_refresh_token"(
    presented BYTEA,
    successor BYTEA,
    -- NULL for an exchange that cannot be repeated.
    new_salt BYTEA,
    grace_seconds INTEGER,
    -- By the clock of the service. Durations of refreshing are by the clock of the database.
    service_time TIMESTAMPTZ,
    issued_at BIGINT,
    token_seconds INTEGER,
    idle_seconds INTEGER,
    -- 0 for no limit.
    most_refreshes INTEGER,
    window_seconds INTEGER,
    set_back_seconds INTEGER,
    -- Counts of tries, each of which must be below a number. Their times are milliseconds since 1970, by the clock of the service.
    limit_keys TEXT[],
    limit_below INTEGER[],
    limit_time BIGINT,
    limit_latest BIGINT
)
RETURNS TABLE (
    "sid" UUID, "userId" UUID, "roles" TEXT[], "scope" TEXT, "audience" TEXT[], "authTime" TIMESTAMPTZ,
    "points" INTEGER[], "expires" BIGINT[]
)
LANGUAGE plpgsql
AS $$
DECLARE
    locked RECORD;
    account RECORD;
    tries RECORD;
    window_age DOUBLE PRECISION;
    begins_window BOOLEAN;
BEGIN
    SELECT array_agg(r.points ORDER BY l.place) AS points, array_agg(r.expire ORDER BY l.place) AS expires,
        bool_or(coalesce(r.points, 0) >= l.below OR r.expire > limit_latest) AS is_reached
    INTO tries FROM unnest(limit_keys, limit_below) WITH ORDINALITY l (key, below, place)
    LEFT JOIN rate_limits r ON r.key = l.key AND r.expire > limit_time;
    IF tries.is_reached THEN
        RETURN;
    END IF;

    -- Exchanges of one session run one at a time: each statement below sees what the exchange before has committed.
    SELECT s.id, s.user_id, s.scope, s.audience, s.auth_time, s.ended_at, s.expires_at, s.last_used_at, s.not_before,
        s.refresh_count, s.refresh_since
    INTO locked FROM sessions s
    WHERE s.id = (SELECT t.session_id FROM refresh_tokens t WHERE t.hash = presented) FOR UPDATE;

    window_age := extract(epoch FROM clock_timestamp() - locked.refresh_since);
    begins_window := coalesce(window_age < -set_back_seconds OR window_age >= window_seconds, TRUE);
    IF locked.id IS NULL
        OR locked.ended_at IS NOT NULL
        OR locked.expires_at <= service_time
        OR extract(epoch FROM service_time - locked.last_used_at) >= idle_seconds
        OR locked.not_before >= issued_at
        OR (NOT begins_window AND most_refreshes > 0 AND locked.refresh_count >= most_refreshes)
    THEN
        RETURN;
    END IF;

    SELECT u.id, u.roles INTO account FROM users u
    JOIN refresh_tokens t ON t.hash = presented AND t.session_id = locked.id AND t.in_family AND t.used_at IS NULL
    WHERE u.id = locked.user_id AND u.disabled_at IS NULL;
    IF account.id IS NULL THEN
        RETURN;
    END IF;

    -- With a family and without a salt, the row is no longer needed.
    IF new_salt IS NULL THEN
        DELETE FROM refresh_tokens t WHERE t.hash = presented;
    ELSE
        UPDATE refresh_tokens t SET used_at = clock_timestamp(), salt = new_salt,
            salt_until = clock_timestamp() + make_interval(secs => grace_seconds)
        WHERE t.hash = presented;
    END IF;
    INSERT INTO refresh_tokens (hash, session_id, in_family) VALUES (successor, locked.id, TRUE);
    -- A replica whose clock is behind must not take back what another has handed out.
    UPDATE sessions s SET last_used_at = greatest(s.last_used_at, service_time),
        last_iat = greatest(s.last_iat, issued_at), last_exp = greatest(s.last_exp, issued_at + token_seconds),
        refresh_count = CASE WHEN begins_window THEN 1 ELSE s.refresh_count + 1 END,
        refresh_since = CASE WHEN begins_window THEN clock_timestamp() ELSE s.refresh_since END
    WHERE s.id = locked.id;

    RETURN QUERY SELECT locked.id, account.id, account.roles, locked.scope, locked.audience, locked.auth_time,
        tries.points, tries.expires;
END
$$;
