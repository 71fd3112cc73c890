/* Shapes of lines: their text into pieces, and a line against them. */
#include "sense/log/pattern_part.h"

static void wrong(const struct ward_conf *c, struct ward_diag *d, const char *what,
	struct ward_str which, const char *mend)
{
	ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line, WARD_TEXT("%s '%.*s'\n%s"), what,
		WARD_STR_ARG(which), mend);
}

/* Words by which a field says that it names a person: only fields that the catalogue hides may. */
static bool names_person(struct ward_str name)
{
	static const char *const words[] = {"user", "account", "patient", "person", "badge", "card",
		"holder", "mail", "employee", "owner"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(words); i++)
		if (ward_str_find(name, ward_str_z(words[i])) != SIZE_MAX)
			return true;
	return false;
}

uint32_t ward_log_field_read(struct ward_log_patterns *p, const struct ward_conf *c,
	struct ward_str name, struct ward_diag *diag)
{
	static const char *const kept[] = {"message", "ward", "seen", "source", "class", "id"};
	bool good = name.len > 0 && name.len <= 64;

	for (size_t i = 0; i < name.len; i++) {
		char ch = name.p[i];

		good &= (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			(ch >= '0' && ch <= '9') || ch == '_' || ch == '.' || ch == '-';
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(kept); i++)
		good &= !ward_str_eqz(name, kept[i]);
	if (!good || ward_str_starts(name, WARD_STR("ward."))) {
		wrong(c, diag, WARD_TEXT("no pattern may give the field"), name,
			WARD_TEXT("choose a name of letters, digits, '_', '.' and '-' that is not "
				  "Ward's own"));
		return WARD_NONE;
	}
	uint32_t id = ward_name(p->names, name);
	bool hidden = id < WARD_FIELD_N &&
		      ward_field_info((enum ward_field_id)id)->identity != WARD_IDENTITY_NONE;

	if (names_person(name) && !hidden && !ward_str_eqz(name, "http.user_agent")) {
		wrong(c, diag, WARD_TEXT("this field may name a person, and nothing hides it:"),
			name,
			WARD_TEXT("use user, target_user, badge, mail.from, mail.to or patient"));
		return WARD_NONE;
	}
	return id;
}

/* src_ip becomes src_host for what is a name. */
static uint32_t host_field(struct ward_log_patterns *p, const struct ward_conf *c,
	struct ward_str name, struct ward_diag *diag)
{
	uint8_t buf[80];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	if (!ward_str_ends(name, WARD_STR("_ip"))) {
		wrong(c, diag, WARD_TEXT("a field of type 'host' must end in _ip:"), name,
			WARD_TEXT("name it as src_ip: a name instead of an address becomes "
				  "src_host"));
		return WARD_NONE;
	}
	ward_wr_str(&w, ward_str_sub(name, 0, name.len - 3));
	ward_wr_z(&w, "_host");
	return ward_log_field_read(p, c, ward_wr_text(&w), diag);
}

bool ward_log_target_read(struct ward_log_patterns *p, const struct ward_conf *c,
	struct ward_str text, struct ward_diag *diag, struct ward_log_target *ret)
{
	struct ward_str type = text, name = ward_str_cut(&type, ':');

	*ret = (struct ward_log_target){
		.field = WARD_NONE, .host = WARD_NONE, .type = WARD_LOG_TYPE_TEXT};
	if (type.p && (!ward_log_type_find(type, &ret->type) || ret->type == WARD_LOG_TYPE_SP ||
			      ret->type >= WARD_LOG_TYPE_KV)) {
		wrong(c, diag, WARD_TEXT("there is no such type of a value:"), type,
			WARD_TEXT("docs/log-patterns.md lists them; without one it is text"));
		return false;
	}
	if (ret->type == WARD_LOG_TYPE_TIME && (!name.len || ward_str_eqz(name, "time")))
		return true;
	ret->field = ward_log_field_read(p, c, name, diag);
	if (ret->field != WARD_NONE && ret->type == WARD_LOG_TYPE_HOST)
		ret->host = host_field(p, c, name, diag);
	return ret->field != WARD_NONE &&
	       (ret->type != WARD_LOG_TYPE_HOST || ret->host != WARD_NONE);
}

/* What stands between braces: "field:type" or "type". */
static bool read_braces(struct ward_log_patterns *p, const struct ward_conf *c,
	struct ward_str inside, struct ward_diag *diag, struct ward_log_target *ret)
{
	struct ward_str type = inside, name = ward_str_cut(&type, ':');

	if (type.p && !ward_str_eqz(type, "time"))
		return ward_log_target_read(p, c, inside, diag, ret);
	*ret = (struct ward_log_target){.field = WARD_NONE, .host = WARD_NONE};
	if (ward_log_type_find(type.p ? type : name, &ret->type))
		return true;
	wrong(c, diag, WARD_TEXT("there is no such type of a value:"), inside,
		WARD_TEXT("write {field:type} or {type}; docs/log-patterns.md lists the types"));
	return false;
}

/* A literal to the next '{'; "{{" is one brace. */
static bool read_literal(struct ward_log_patterns *p, struct ward_str *s, struct ward_str *ret)
{
	char *to = ward_arena_alloc(&p->arena, s->len + 1);
	size_t n = 0, i = 0;

	if (!to)
		return false;
	for (; i < s->len; i++) {
		if (s->p[i] == '{' && !(i + 1 < s->len && s->p[i + 1] == '{'))
			break;
		to[n++] = s->p[i];
		i += s->p[i] == '{';
	}
	*s = ward_str_sub(*s, i, s->len);
	*ret = (struct ward_str){to, n};
	return true;
}

/* What can't be matched in one pass, or would never match. */
static bool sound(const struct ward_conf *c, const struct ward_log_shape *s, struct ward_diag *diag)
{
	for (size_t i = 0; i < s->n_piece; i++) {
		enum ward_log_type t = s->piece[i].to.type;
		bool last = i + 1 == s->n_piece;
		size_t stop = last ? s->tail.len : s->piece[i + 1].before.len;

		if (ward_log_type_takes_all(t) && (!last || s->tail.len)) {
			wrong(c, diag,
				WARD_TEXT("nothing may follow what takes the rest of the line:"),
				c->text, WARD_TEXT("end the shape with it"));
			return false;
		}
		if (!last && !stop && (t == WARD_LOG_TYPE_TEXT || t == WARD_LOG_TYPE_LONG)) {
			wrong(c, diag,
				WARD_TEXT("{text} and {long} must be followed by a literal:"),
				c->text,
				WARD_TEXT("write between the two what separates them in the line"));
			return false;
		}
	}
	return true;
}

bool ward_log_shape_read(struct ward_log_patterns *p, const struct ward_conf *c,
	struct ward_diag *diag, struct ward_log_shape *ret)
{
	struct ward_str s = c->text;
	struct ward_log_piece piece[WARD_LOG_PIECES] = {0};
	size_t n = 0;

	*ret = (struct ward_log_shape){.next = WARD_NONE};
	for (;;) {
		struct ward_str literal;

		if (!read_literal(p, &s, &literal))
			return false;
		if (!s.len) {
			ret->tail = literal;
			break;
		}
		size_t close = ward_str_find(s, WARD_STR("}"));

		if (close == SIZE_MAX || n == WARD_LOG_PIECES) {
			wrong(c, diag,
				close == SIZE_MAX ? WARD_TEXT("a '{' without '}' in")
						  : WARD_TEXT("too many values in"),
				c->text,
				WARD_TEXT(
					"write {field:type}, at most 48 times; '{{' for a brace"));
			return false;
		}
		piece[n].before = literal;
		if (!read_braces(p, c, ward_str_sub(s, 1, close - 1), diag, &piece[n++].to))
			return false;
		s = ward_str_sub(s, close + 1, s.len);
	}
	ret->piece = ward_arena_array(&p->arena, n + 1, sizeof(*piece));
	if (!ret->piece)
		return false;
	memcpy(ret->piece, piece, n * sizeof(*piece));
	ret->n_piece = n;
	return sound(c, ret, diag);
}

void ward_log_found_add(struct ward_log_found *f, uint32_t field, struct ward_value v)
{
	if (v.kind == WARD_VALUE_NULL || field == WARD_NONE)
		return;
	for (size_t i = 0; i < f->n; i++)
		if (f->item[i].field == field)
			return;
	if (f->n < WARD_LOG_FIELDS)
		f->item[f->n++] = (struct ward_log_set){field, v};
}

static void keep(const struct ward_log_target *to, struct ward_value v, struct ward_log_found *ret)
{
	uint32_t field = to->field;

	if (to->type == WARD_LOG_TYPE_TIME) {
		ret->time = v.kind == WARD_VALUE_INT ? v.i : 0;
		return;
	}
	if (to->type == WARD_LOG_TYPE_HOST && v.kind == WARD_VALUE_STR) {
		struct ward_str s = v.s;
		struct ward_value ip;

		if (!ward_log_type_take(
			    WARD_LOG_TYPE_IP, &s, (struct ward_str){"", 0}, NULL, &ip) ||
			s.len)
			field = to->host;
	}
	ward_log_found_add(ret, field, v);
}

static const struct ward_log_target *target_of(
	const struct ward_log_source *src, struct ward_str key)
{
	unsigned hint = ward_log_key_hint(key);

	if (!(src->hint[hint / 64] >> hint % 64 & 1))
		return NULL;
	uint32_t id = ward_intern_find(&src->key, key);

	return id == WARD_NONE ? NULL : &src->target[id];
}

/* The pairs that the source or the pattern has a name for; one whose value is of another type is
 * left out, the others count. */
static void take_pairs(const struct ward_log_shape *s, enum ward_log_type t, struct ward_str text,
	struct ward_arena *arena, struct ward_log_found *ret)
{
	const struct ward_log_pattern *pat = s->pattern;
	struct ward_pairs it =
		ward_pairs_on((enum ward_pair_kind)(t - WARD_LOG_TYPE_KV), pat->separator, text);
	struct ward_pair pair;

	for (size_t i = 0; ward_pairs_next(&it, &pair); i++) {
		const struct ward_log_target *to = NULL;
		struct ward_value v;

		if (t == WARD_LOG_TYPE_CSV) {
			if (i == pat->n_column)
				break;
			to = &pat->column[i];
		} else {
			to = target_of(pat->source, pair.key);
		}
		if (!to || (to->field == WARD_NONE && to->type != WARD_LOG_TYPE_TIME))
			continue;
		struct ward_str value = ward_pair_text(&pair, arena);

		if (value.p && ward_log_type_whole(to->type, value, arena, &v))
			keep(to, v, ret);
	}
}

static bool take_first(enum ward_log_type t, struct ward_log_first *first, struct ward_str *text,
	struct ward_arena *arena, struct ward_value *ret)
{
	if (!first->type[t].known) {
		first->type[t].known = true;
		first->type[t].rest = *text;
		first->type[t].there = ward_log_type_take(t, &first->type[t].rest,
			(struct ward_str){"", 0}, arena, &first->type[t].v);
	}
	*text = first->type[t].rest;
	*ret = first->type[t].v;
	return first->type[t].there;
}

static bool stands_alone(enum ward_log_type t)
{
	return t == WARD_LOG_TYPE_TIME || t == WARD_LOG_TYPE_IP || t == WARD_LOG_TYPE_HOST ||
	       t == WARD_LOG_TYPE_INT || t == WARD_LOG_TYPE_NUM;
}

bool ward_log_shape_match(const struct ward_log_shape *s, struct ward_str text,
	struct ward_log_first *first, struct ward_arena *arena, struct ward_log_found *ret)
{
	ret->n = 0;
	ret->time = 0;
	for (size_t i = 0; i < s->n_piece; i++) {
		const struct ward_log_piece *p = &s->piece[i];
		struct ward_str stop = i + 1 < s->n_piece ? s->piece[i + 1].before : s->tail;
		struct ward_value v;

		if (!ward_str_starts(text, p->before))
			return false;
		text = ward_str_sub(text, p->before.len, text.len);
		if (p->to.type >= WARD_LOG_TYPE_KV) {
			take_pairs(s, p->to.type, text, arena, ret);
			return true;
		}
		bool there = first && i == 0 && !p->before.len && stands_alone(p->to.type)
				     ? take_first(p->to.type, first, &text, arena, &v)
				     : ward_log_type_take(p->to.type, &text, stop, arena, &v);

		if (!there)
			return false;
		keep(&p->to, v, ret);
	}
	return ward_str_eq(ward_str_trim(text), ward_str_trim(s->tail));
}
