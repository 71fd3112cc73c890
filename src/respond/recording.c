/* Originals of cameras: what Ward shows of an incident is blurred and for understanding; the police
 * ask for the recording, which its recorder overwrites. */
#include "respond/priv.h"
#include "respond/recording.h"

const char *const respond_keep_name[KEEP_N] = {"none", "asked", "near", "lost"};

/* Before and after what was seen. */
static const ward_ns around = 60 * WARD_NS_PER_S;
/* A bookmark is told again once it is so much longer. */
static const ward_ns much_longer = 300 * WARD_NS_PER_S;
/* Told again when this part of the time is left. */
enum { NEAR_PART = 4, TEXT_MAX = 200, SHA256_DIGITS = 64, HIGH = 3 };

static ward_ns later(ward_ns t, ward_ns by)
{
	ward_ns sum;

	return ward_add(t, by, &sum) ? sum : t;
}

void respond_shots(const struct ward_respond *r, struct incident *in,
	const struct ward_record_member *m, uint64_t cameras)
{
	for (unsigned k = 0; k < r->o.n_camera; k++) {
		struct shot *s = in->shot;

		if (!(cameras >> k & 1))
			continue;
		while (s < in->shot + in->n_shot && s->camera != k)
			s++;
		if (s == in->shot + SHOTS_MAX) {
			respond_count(r, "respond.camera_limit");
			return;
		}
		if (s == in->shot + in->n_shot) {
			*s = (struct shot){.camera = k, .from = INT64_MAX, .to = INT64_MIN};
			in->n_shot++;
		}
		ward_ns from = later(m->time, -around), to = later(m->last, around);

		s->from = from < s->from ? from : s->from;
		s->to = to > s->to ? to : s->to;
	}
}

static bool is_kept(const struct shot *s)
{
	return s->kept_to && s->kept_from <= s->from && s->kept_to >= s->to;
}

/* Only of what may be a crime in a place: recordings of people are kept of nothing else. */
static bool is_asked(const struct incident *in)
{
	return in->level >= HIGH && (in->domain & (WARD_KIND_PHYSICAL | WARD_KIND_HYBRID)) &&
	       in->phase != PHASE_DISMISSED && in->phase != PHASE_MERGED;
}

enum keep respond_keep_one(const struct ward_respond *r, const struct incident *in,
	const struct shot *s, ward_ns now, ward_ns *ret_over)
{
	ward_ns length = r->o.camera[s->camera].recorded_for;
	ward_ns over = WARD_NS_NEVER;

	if (!length || !ward_add(s->from, length, &over))
		over = WARD_NS_NEVER;
	*ret_over = over;
	if (!is_asked(in) || is_kept(s))
		return KEEP_NONE;
	if (over == WARD_NS_NEVER)
		return KEEP_ASKED;
	return now >= over ? KEEP_LOST : now >= over - length / NEAR_PART ? KEEP_NEAR : KEEP_ASKED;
}

enum keep respond_keep(const struct ward_respond *r, const struct incident *in, ward_ns now)
{
	enum keep worst = KEEP_NONE;
	ward_ns over;

	for (size_t i = 0; i < in->n_shot; i++) {
		enum keep k = respond_keep_one(r, in, &in->shot[i], now, &over);

		worst = k > worst ? k : worst;
	}
	return worst;
}

enum change respond_camera_change(
	const struct told *before, const struct told *now, const struct incident *in)
{
	ward_ns longer;

	if (in->phase == PHASE_DISMISSED || in->phase == PHASE_MERGED)
		return !before->known || before->phase == now->phase ? CHANGE_NONE
		       : in->phase == PHASE_MERGED                   ? CHANGE_MERGED
								     : CHANGE_DISMISSED;
	if (!in->n_shot)
		return CHANGE_NONE;
	if (!before->known || now->shots > before->shots ||
		(ward_sub(now->until, before->until, &longer) && longer > much_longer))
		return CHANGE_CAMERAS;
	if (now->keep > before->keep && now->keep >= KEEP_NEAR)
		return now->keep == KEEP_LOST ? CHANGE_LOST : CHANGE_NEAR;
	return CHANGE_NONE;
}

/* What a query holds, RFC 3986 2.3. */
static void put_encoded(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			c == '-' || c == '.' || c == '_' || c == '~')
			ward_wr_ch(w, c);
		else
			ward_wr_printf(w, "%%%02X", (unsigned)(uint8_t)c);
	}
}

void respond_url(const struct ward_respond_camera *c, ward_ns time, struct ward_wr *w)
{
	struct ward_str rest = c->url, literal, slot;
	char text[40];
	struct ward_wr t = ward_wr_fixed(text, sizeof(text));

	ward_time_write(&t, time);
	while (ward_words_next(&rest, &literal, &slot)) {
		ward_wr_str(w, literal);
		if (ward_str_eqz(slot, "camera"))
			put_encoded(w, c->key);
		else if (ward_str_eqz(slot, "time"))
			put_encoded(w, ward_wr_text(&t));
	}
}

/* ---- confirmed ---- */

static struct shot *shot_of(struct ward_respond *r, const struct ward_conf *c)
{
	struct ward_id id;
	struct incident *in =
		ward_id_parse(ward_conf_word(c, "incident"), &id) ? respond_find(r, id) : NULL;

	for (size_t i = 0; in && i < in->n_shot; i++)
		if (ward_str_eq(r->o.camera[in->shot[i].camera].key, ward_conf_word(c, "camera")))
			return &in->shot[i];
	return NULL;
}

void respond_confirmed(struct ward_respond *r, const struct ward_conf *c)
{
	struct shot *s = shot_of(r, c);
	ward_ns from, to;

	if (!s || ward_time_parse(ward_conf_word(c, "from"), &from) != WARD_OK ||
		ward_time_parse(ward_conf_word(c, "to"), &to) != WARD_OK) {
		respond_count(r, "respond.unreadable");
		return;
	}
	s->kept_from = from;
	s->kept_to = to;
}

void respond_carry(struct incident *to, const struct incident *part)
{
	for (size_t i = 0; i < part->n_shot; i++) {
		const struct shot *p = &part->shot[i];
		struct shot *t = to->shot;

		while (t < to->shot + to->n_shot && t->camera != p->camera)
			t++;
		if (!p->kept_to || t == to->shot + to->n_shot)
			continue;
		if (!t->kept_to) {
			t->kept_from = p->kept_from;
			t->kept_to = p->kept_to;
		} else if (p->kept_from <= t->kept_to && t->kept_from <= p->kept_to) {
			t->kept_from = p->kept_from < t->kept_from ? p->kept_from : t->kept_from;
			t->kept_to = p->kept_to > t->kept_to ? p->kept_to : t->kept_to;
		}
	}
}

static bool is_confirmation(const struct ward_conf *c, ward_ns *ret_time)
{
	static const char *const texts[] = {"custodian", "legal_basis", "who"};
	uint8_t hash[SHA256_DIGITS / 2];
	ward_ns from, to;

	for (size_t i = 0; i < WARD_ARRAY_LEN(texts); i++)
		if (!ward_conf_word(c, texts[i]).len || ward_conf_word(c, texts[i]).len > TEXT_MAX)
			return false;
	return ward_str_unhex(ward_conf_word(c, "sha256"), hash, sizeof(hash)) &&
	       ward_time_parse(ward_conf_word(c, "from"), &from) == WARD_OK &&
	       ward_time_parse(ward_conf_word(c, "to"), &to) == WARD_OK && from <= to &&
	       ward_time_parse(ward_conf_word(c, "time"), ret_time) == WARD_OK;
}

bool ward_respond_confirm(struct ward_respond *r, struct ward_slice json, struct ward_delivery *ret)
{
	static const char *const keys[] = {"id", "incident", "camera", "from", "to", "custodian",
		"sha256", "legal_basis", "who", "time"};
	struct ward_json j = ward_json_on(&r->row);
	struct ward_delivery d = {.revision = 1};
	const struct ward_conf *c;
	struct ward_diag diag;

	ward_arena_reset(&r->scratch);
	ward_diag_init(&diag, r->o.mem);
	enum ward_err err =
		ward_conf_json(&r->scratch, r->o.lim, WARD_STR("confirmation"), 1, json, &diag, &c);

	ward_diag_fini(&diag);
	if (err || !ward_id_parse(ward_conf_word(c, "id"), &d.id) || !is_confirmation(c, &d.time) ||
		!shot_of(r, c))
		return false;
	ward_wr_reset(&r->row);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "preserve");
	ward_json_key(&j, "act");
	ward_json_z(&j, "confirmed");
	for (size_t i = 0; i < WARD_ARRAY_LEN(keys); i++) {
		ward_json_key(&j, keys[i]);
		ward_json_str(&j, ward_conf_word(c, keys[i]));
	}
	ward_json_obj_end(&j);
	d.json = ward_wr_text(&r->row);
	*ret = d;
	return !ward_wr_bad(&r->row);
}

/* ---- the list ---- */

static void put_shot(const struct ward_respond *r, const struct incident *in, const struct shot *s,
	ward_ns now, struct ward_wr *w)
{
	const struct ward_respond_camera *camera = &r->o.camera[s->camera];
	struct ward_json j = ward_json_on(w);
	char id[WARD_ID_TEXT];
	ward_ns over;
	enum keep keep = respond_keep_one(r, in, s, now, &over);

	ward_id_text(in->id, id);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "recording");
	ward_json_key(&j, "state");
	ward_json_z(&j, is_kept(s) ? "kept" : respond_keep_name[keep]);
	ward_json_key(&j, "incident");
	ward_json_z(&j, id);
	ward_json_key(&j, "title");
	ward_json_str(&j, in->title);
	ward_json_key(&j, "camera");
	ward_json_str(&j, camera->key);
	ward_json_key(&j, "name");
	ward_json_str(&j, camera->name);
	ward_json_key(&j, "from");
	ward_json_time(&j, s->from);
	ward_json_key(&j, "to");
	ward_json_time(&j, s->to);
	if (over != WARD_NS_NEVER) {
		ward_json_key(&j, "overwritten");
		ward_json_time(&j, over);
	}
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

void ward_respond_recordings(struct ward_respond *r, ward_ns now, struct ward_wr *w)
{
	for (size_t i = 0; i < r->n_incident; i++)
		for (size_t k = 0; is_asked(r->incident[i]) && k < r->incident[i]->n_shot; k++)
			put_shot(r, r->incident[i], &r->incident[i]->shot[k], now, w);
}
