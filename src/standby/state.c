#include "standby/state.h"

#include "conf/told.h"

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

static bool take_words(const struct ward_conf *c, struct ward_standby_state *s)
{
	const char *hows[WARD_TOOK_HOWS];
	size_t role, mode, how;

	for (how = 0; how < WARD_TOOK_HOWS; how++)
		hows[how] = ward_took_name((enum ward_took_how)how);
	if (!ward_conf_told_word(c, "role", roles, WARD_STANDBY_ROLES, &role) ||
		!ward_conf_told_word(c, "mode", modes, WARD_STANDBY_MODES, &mode) ||
		!ward_conf_told_word(c, "how", hows, WARD_TOOK_HOWS, &how))
		return false;
	s->role = (enum ward_standby_role)role;
	s->mode = (enum ward_standby_mode)mode;
	s->how = (enum ward_took_how)how;
	return get_name(c, "node", s->node) && get_name(c, "peer", s->peer);
}

static bool take_numbers(const struct ward_conf *c, struct ward_standby_state *s)
{
	return ward_conf_told_u64(c, "epoch", &s->epoch) &&
	       ward_conf_told_u64(c, "next", &s->next) &&
	       ward_conf_told_u64(c, "confirmed", &s->confirmed) &&
	       ward_conf_told_u64(c, "lag", &s->lag) && ward_conf_told_u64(c, "aside", &s->aside) &&
	       ward_conf_told_u64(c, "diverged", &s->diverged) &&
	       ward_conf_told_u64(c, "carried_lag_s", &s->carried_lag_s) &&
	       ward_conf_told_u64(c, "ends", &s->ends) &&
	       ward_conf_told_u64(c, "formats", &s->formats) &&
	       ward_conf_told_u64(c, "formats_most", &s->formats_most) &&
	       ward_conf_told_u64(c, "peer_formats", &s->peer_formats) &&
	       ward_conf_told_u64(c, "tell_after_s", &s->tell_after_s) &&
	       ward_conf_told_flag(c, "connected", &s->connected) &&
	       ward_conf_told_flag(c, "witness", &s->witness) &&
	       ward_conf_told_flag(c, "carried", &s->carried) &&
	       ward_conf_told_time(c, "led", &s->led) &&
	       ward_conf_told_time(c, "alone_since", &s->alone_since) &&
	       ward_conf_told_time(c, "witness_since", &s->witness_since) &&
	       ward_conf_told_time(c, "diverged_at", &s->diverged_at) &&
	       ward_conf_told_time(c, "since", &s->since) &&
	       ward_conf_told_time(c, "told", &s->told);
}

static bool take(const struct ward_conf *c, void *ret)
{
	struct ward_standby_state *s = ret;

	return take_words(c, s) && take_numbers(c, s);
}

enum ward_err ward_standby_state_read(
	struct ward_str text, const struct ward_mem *mem, struct ward_standby_state *ret)
{
	static const struct ward_conf_told told = {"state.json", WARD_STANDBY_STATE_MAX, take};
	struct ward_standby_state s = {.epoch = 0};
	enum ward_err err = ward_conf_told_read(&told, text, mem, &s);

	if (!err)
		*ret = s;
	return err;
}
