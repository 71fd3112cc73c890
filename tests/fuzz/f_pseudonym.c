/* An event as JSON whose identities become tokens: none that names a person is left where the
 * catalogue says that one can stand. */
#include "fuzz.h"

#include "comply/pseudonym.h"
#include "event/json.h"

static enum ward_identity identity(uint32_t name)
{
	return name < WARD_FIELD_N ? ward_field_info((enum ward_field_id)name)->identity
				   : WARD_IDENTITY_NONE;
}

/* The last 18 characters of a text that stands for someone, without '$' and domain. */
static bool is_token(struct ward_str s)
{
	if (s.len < 18 || !ward_str_starts(s, WARD_STR("p-")))
		return false;
	for (size_t i = 2; i < 18; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '2' && s.p[i] <= '7')))
			return false;
	return s.len == 18 || s.p[18] == '$' || s.p[18] == '@';
}

static void written(const struct ward_pseudonym *p, struct ward_str who)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_str out;
	size_t from = 0;

	ward_pseudonym_write(p, who, &w);
	WARD_ASSERT(!ward_wr_bad(&w) && ward_utf8_valid(ward_wr_slice(&w), NULL));
	out = ward_wr_text(&w);
	for (size_t i = 0; i < who.len; i++)
		if (who.p[i] == '\\')
			from = i + 1;
	/* a token, or a well-known account that was there before */
	WARD_ASSERT(ward_str_eq(out, who) || is_token(ward_str_sub(out, from, out.len)));
	ward_wr_fini(&w);
}

/* The account without domain; empty for one that names no person. */
static struct ward_str account(const struct ward_pseudonym *p, struct ward_str who)
{
	uint8_t buf[64];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t slash = SIZE_MAX, at = SIZE_MAX;

	for (size_t i = 0; i < who.len; i++) {
		slash = who.p[i] == '\\' ? i : slash;
		at = who.p[i] == '@' ? i : at;
	}
	if (slash != SIZE_MAX)
		who = ward_str_sub(who, slash + 1, who.len);
	else if (at != SIZE_MAX && at > 0)
		who = ward_str_sub(who, 0, at);
	ward_pseudonym_write(p, who, &w);
	return who.len > 1 && (ward_wr_bad(&w) || !ward_str_eq(ward_wr_text(&w), who))
		       ? who
		       : WARD_STR("");
}

/* No part of the text is that account. */
static void absent(struct ward_str text, struct ward_str who)
{
	for (size_t i = 0, n; i < text.len; i += n + 1) {
		for (n = 0; i + n < text.len && !strchr("\\/ \t\"'=:;,()[]<>@", text.p[i + n]); n++)
			;
		WARD_ASSERT(!ward_str_ieq(ward_str_sub(text, i, n), who));
	}
}

static void nobody_left(const struct ward_pseudonym *p, const struct ward_event *before,
	const struct ward_event *after)
{
	for (size_t i = 0; i < before->n_field; i++) {
		const struct ward_value *v = &before->field[i].v;
		bool list = v->kind == WARD_VALUE_LIST;

		for (size_t k = 0; k < (list ? v->n : 1); k++) {
			const struct ward_value *one = list ? &v->item[k] : v;
			struct ward_str who =
				identity(before->field[i].name) == WARD_IDENTITY_PERSON &&
						one->kind == WARD_VALUE_STR
					? account(p, one->s)
					: WARD_STR("");

			for (size_t f = 0; who.len && f < after->n_field; f++)
				if (identity(after->field[f].name) == WARD_IDENTITY_MAYBE &&
					after->field[f].v.kind == WARD_VALUE_STR)
					absent(after->field[f].v.s, who);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ward_pseudonym p;
	struct ward_json_reader reader;
	struct ward_names names;
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_event e, before;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);

	ward_pseudonym_init_replay(&p, WARD_STR("fuzz"));
	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 26);
	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	WARD_ASSERT(ward_json_reader_init(&reader, &names, ward_mem_heap(), &lim) == WARD_OK);
	uint8_t *copy = fuzz_copy(data, len);

	if (ward_json_read_event(&reader, ward_slice_text(ward_slice_of(copy, len)), &arena, &e) ==
			WARD_OK &&
		ward_event_copy(&e, &arena, &before) == WARD_OK) {
		struct ward_pseudonym_way way = {
			.token = ward_pseudonym_token, .ctx = &p, .names = &names};

		WARD_ASSERT(ward_pseudonym_event(&e, &way) == WARD_OK);
		WARD_ASSERT(e.n_field == before.n_field);
		for (size_t i = 0; i < e.n_field; i++) {
			const struct ward_value *was = &before.field[i].v, *is = &e.field[i].v;

			WARD_ASSERT(was->kind != WARD_VALUE_LIST || was->n == is->n);
			if (identity(e.field[i].name) == WARD_IDENTITY_NONE)
				WARD_ASSERT(was->kind == is->kind);
			else if (identity(e.field[i].name) == WARD_IDENTITY_PERSON &&
				 was->kind == WARD_VALUE_STR)
				written(&p, was->s);
		}
		nobody_left(&p, &before, &e);
		ward_event_write_json(&e, &names, &w);
		WARD_ASSERT(!ward_wr_bad(&w) && ward_utf8_valid(ward_wr_slice(&w), NULL));
	}
	free(copy);
	ward_wr_fini(&w);
	ward_json_reader_fini(&reader);
	ward_names_fini(&names);
	ward_arena_fini(&arena);
	return 0;
}
