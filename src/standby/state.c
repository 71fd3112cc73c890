#include "standby/state.h"

#include "conf/conf.h"

enum { ARENA = 1 << 16 };

static const char *const roles[WARD_STANDBY_ROLES] = {"follows", "leads", "ends", "hands over"},
			 *const modes[WARD_STANDBY_MODES] = {"", "alone", "pairing", "pair"};

const char *ward_standby_mode_name(enum ward_standby_mode mode)
{
	return modes[mode];
}

void ward_standby_state_write(const struct ward_standby_state *s, struct ward_json *j)
{
	ward_json_obj(j);
	ward_json_put_z(j, "node", s->node);
	ward_json_put_z(j, "role", roles[s->role]);
	ward_json_put_z(j, "mode", modes[s->mode]);
	ward_json_put_u64(j, "protected", s->mode == WARD_STANDBY_PAIR);
	ward_json_put_z(j, "peer", s->peer);
	ward_json_put_u64(j, "epoch", s->epoch);
	ward_json_put_z(j, "how", ward_took_name(s->how));
	ward_json_put_i64(j, "led", s->led);
	ward_json_put_u64(j, "next", s->next);
	ward_json_put_u64(j, "confirmed", s->confirmed);
	ward_json_put_u64(j, "lag", s->lag);
	ward_json_put_u64(j, "connected", s->connected);
	ward_json_put_i64(j, "alone_since", s->alone_since);
	ward_json_put_u64(j, "witness", s->witness);
	ward_json_put_i64(j, "witness_since", s->witness_since);
	ward_json_put_u64(j, "aside", s->aside);
	ward_json_put_u64(j, "diverged", s->diverged);
	ward_json_put_i64(j, "diverged_at", s->diverged_at);
	ward_json_put_u64(j, "carried", s->carried);
	ward_json_put_u64(j, "carried_lag_s", s->carried_lag_s);
	ward_json_put_i64(j, "since", s->since);
	ward_json_put_i64(j, "told", s->told);
	ward_json_put_u64(j, "ends", s->ends);
	ward_json_put_u64(j, "formats", s->formats);
	ward_json_put_u64(j, "formats_most", s->formats_most);
	ward_json_put_u64(j, "peer_formats", s->peer_formats);
	ward_json_put_u64(j, "tell_after_s", s->tell_after_s);
	ward_json_obj_end(j);
}

/* ---- and back ---- */

static bool get_u64(const struct ward_conf *c, const char *key, uint64_t *ret)
{
	return ward_str_u64(ward_conf_word(c, key), ret);
}

static bool get_time(const struct ward_conf *c, const char *key, ward_ns *ret)
{
	uint64_t v;

	if (!get_u64(c, key, &v) || v > INT64_MAX)
		return false;
	*ret = (ward_ns)v;
	return true;
}

static bool get_bool(const struct ward_conf *c, const char *key, bool *ret)
{
	uint64_t v;

	if (!get_u64(c, key, &v) || v > 1)
		return false;
	*ret = v != 0;
	return true;
}

static bool get_name(const struct ward_conf *c, const char *key, char ret[WARD_STANDBY_NAME])
{
	const struct ward_conf *at = ward_conf_get(c, key);

	if (!at || at->kind != WARD_CONF_SCALAR || at->text.len >= WARD_STANDBY_NAME ||
		(at->text.len && !ward_standby_name_ok(at->text)))
		return false;
	memset(ret, 0, WARD_STANDBY_NAME);
	if (at->text.len)
		memcpy(ret, at->text.p, at->text.len);
	return true;
}

/* Which of the words it is; n: none. */
static size_t which(struct ward_str s, const char *const *word, size_t n)
{
	size_t i = 0;

	while (i < n && !ward_str_eqz(s, word[i]))
		i++;
	return i;
}

static bool take_words(const struct ward_conf *c, struct ward_standby_state *s)
{
	const struct ward_conf *mode = ward_conf_get(c, "mode");
	size_t role = which(ward_conf_word(c, "role"), roles, WARD_STANDBY_ROLES),
	       m = mode && mode->kind == WARD_CONF_SCALAR
			   ? which(mode->text, modes, WARD_STANDBY_MODES)
			   : WARD_STANDBY_MODES,
	       how = 0;

	while (how < WARD_TOOK_HOWS &&
		!ward_str_eqz(ward_conf_word(c, "how"), ward_took_name((enum ward_took_how)how)))
		how++;
	if (role == WARD_STANDBY_ROLES || m == WARD_STANDBY_MODES || how == WARD_TOOK_HOWS)
		return false;
	s->role = (enum ward_standby_role)role;
	s->mode = (enum ward_standby_mode)m;
	s->how = (enum ward_took_how)how;
	return get_name(c, "node", s->node) && get_name(c, "peer", s->peer);
}

static bool take_numbers(const struct ward_conf *c, struct ward_standby_state *s)
{
	return get_u64(c, "epoch", &s->epoch) && get_u64(c, "next", &s->next) &&
	       get_u64(c, "confirmed", &s->confirmed) && get_u64(c, "lag", &s->lag) &&
	       get_u64(c, "aside", &s->aside) && get_u64(c, "diverged", &s->diverged) &&
	       get_u64(c, "carried_lag_s", &s->carried_lag_s) && get_u64(c, "ends", &s->ends) &&
	       get_u64(c, "formats", &s->formats) && get_u64(c, "formats_most", &s->formats_most) &&
	       get_u64(c, "peer_formats", &s->peer_formats) &&
	       get_u64(c, "tell_after_s", &s->tell_after_s) &&
	       get_bool(c, "connected", &s->connected) && get_bool(c, "witness", &s->witness) &&
	       get_bool(c, "carried", &s->carried) && get_time(c, "led", &s->led) &&
	       get_time(c, "alone_since", &s->alone_since) &&
	       get_time(c, "witness_since", &s->witness_since) &&
	       get_time(c, "diverged_at", &s->diverged_at) && get_time(c, "since", &s->since) &&
	       get_time(c, "told", &s->told);
}

enum ward_err ward_standby_state_read(
	struct ward_str text, const struct ward_mem *mem, struct ward_standby_state *ret)
{
	struct ward_standby_state s = {.epoch = 0};
	const struct ward_conf *c = NULL;
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag d;
	enum ward_err err;

	if (text.len > WARD_STANDBY_STATE_MAX)
		return WARD_ERR_LIMIT;
	ward_limits_default(&lim);
	ward_arena_init(&a, mem, ARENA);
	ward_diag_init(&d, mem);
	err = ward_conf_json(&a, &lim, WARD_STR("state.json"), 1, ward_str_bytes(text), &d, &c);
	if (err != WARD_ERR_NOMEM)
		err = !err && c && take_words(c, &s) && take_numbers(c, &s) ? WARD_OK
									    : WARD_ERR_MALFORMED;
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	if (!err)
		*ret = s;
	return err;
}
