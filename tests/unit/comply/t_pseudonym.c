#include "comply/pseudonym.h"
#include "event/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TOKEN = 18 }; /* "p-" and 16 characters */

struct fix {
	struct ward_pseudonym p, other;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_json_reader reader;
	struct ward_arena arena;
	struct ward_wr w;
};

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	ward_pseudonym_init_replay(&x->p, WARD_STR("one"));
	ward_pseudonym_init_replay(&x->other, WARD_STR("two"));
	ward_limits_default(&x->lim);
	assert_int_equal(ward_names_init(&x->names, ward_mem_heap(), &x->lim), WARD_OK);
	assert_int_equal(
		ward_json_reader_init(&x->reader, &x->names, ward_mem_heap(), &x->lim), WARD_OK);
	ward_arena_init(&x->arena, ward_mem_heap(), 1 << 24);
	x->w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	ward_wr_fini(&x->w);
	ward_arena_fini(&x->arena);
	ward_json_reader_fini(&x->reader);
	ward_names_fini(&x->names);
	free(x);
	return 0;
}

static enum ward_err hide(struct ward_event *e, ward_token_fn token, void *ctx)
{
	struct ward_pseudonym_way way = {.token = token, .ctx = ctx};

	return ward_pseudonym_event(e, &way);
}

/* What stands for `who`, in the arena. */
static struct ward_str token(struct fix *x, const char *who)
{
	ward_wr_reset(&x->w);
	ward_pseudonym_write(&x->p, ward_str_z(who), &x->w);
	assert_false(ward_wr_bad(&x->w));
	return ward_arena_str(&x->arena, ward_wr_text(&x->w));
}

static bool same(struct ward_str a, const char *b)
{
	return ward_str_eqz(a, b);
}

static void assert_token(struct ward_str s)
{
	assert_int_equal(s.len, TOKEN);
	assert_true(ward_str_starts(s, WARD_STR("p-")));
	for (size_t i = 2; i < TOKEN; i++)
		assert_true((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '2' && s.p[i] <= '7'));
}

static void shape(void **state)
{
	struct fix *x = *state;
	struct ward_str anna = token(x, "anna");

	assert_token(anna);
	assert_true(ward_str_eq(anna, token(x, "anna")));
	assert_true(ward_str_eq(anna, token(x, "ANNA")));
	assert_false(ward_str_eq(anna, token(x, "anna2")));
	assert_token(token(x, "4711"));
	assert_token(token(x, "Ännä"));
	assert_true(same(token(x, ""), ""));
	/* whoever can choose his name can't choose his token */
	ward_wr_reset(&x->w);
	ward_pseudonym_write(&x->p, anna, &x->w);
	assert_false(ward_str_eq(ward_wr_text(&x->w), anna));
	/* another key, another token */
	ward_wr_reset(&x->w);
	ward_pseudonym_write(&x->other, WARD_STR("anna"), &x->w);
	assert_token(ward_wr_text(&x->w));
	assert_false(ward_str_eq(ward_wr_text(&x->w), anna));
}

static void domains(void **state)
{
	struct fix *x = *state;
	struct ward_str anna = token(x, "anna"), s = token(x, "CORP\\anna");

	assert_true(ward_str_starts(s, WARD_STR("CORP\\")));
	assert_true(ward_str_eq(ward_str_sub(s, 5, s.len), anna));
	s = token(x, "anna@ward.example");
	assert_true(ward_str_eq(ward_str_sub(s, 0, TOKEN), anna));
	assert_true(ward_str_ends(s, WARD_STR("@ward.example")));
	s = token(x, "CORP\\pc01$");
	assert_int_equal(s.len, 5 + TOKEN + 1);
	assert_true(ward_str_eq(ward_str_sub(s, 5, TOKEN), token(x, "PC01")));
	assert_int_equal(s.p[s.len - 1], '$');
	/* Kerberos writes a machine with its realm */
	s = token(x, "pc01$@CORP.LOCAL");
	assert_true(ward_str_eq(ward_str_sub(s, 0, TOKEN), token(x, "pc01")));
	assert_true(ward_str_ends(s, WARD_STR("$@CORP.LOCAL")));
	assert_int_equal(s.len, TOKEN + strlen("$@CORP.LOCAL"));
	/* nothing before or behind the mark */
	assert_true(same(token(x, "CORP\\"), "CORP\\"));
	assert_token(token(x, "@home"));
	assert_token(token(x, "$"));
}

static void well_known(void **state)
{
	static const char *const name[] = {"SYSTEM", "root", "NT AUTHORITY\\SYSTEM", "-",
		"Administrator", "CORP\\krbtgt", "Guest@corp", "www-data", "LOCAL SERVICE",
		"network service", "ANONYMOUS LOGON", "Administrators", "guest", "daemon", "nobody",
		"sshd", "krbtgt", "DWM-1", "UMFD-0", "UMFD-1", "Everyone", "N/A", "DefaultAccount",
		"Administrateur", "Administrador", "Administratör", "Rendszergazda",
		"Järjestelmänvalvoja", "Администратор"};
	struct fix *x = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		assert_true(same(token(x, name[i]), name[i]));
	assert_token(token(x, "roots"));
}

/* Longer than any name: one token for all of it. */
static void absurd_length(void **state)
{
	struct fix *x = *state;
	char who[5000];

	memset(who, 'a', sizeof(who));
	memcpy(who + sizeof(who) - 3, "\\b", 2);
	struct ward_str s =
		ward_pseudonym_token(&x->p, &x->arena, (struct ward_str){who, sizeof(who)});

	assert_token(s);
	who[0] = 'A';
	assert_true(ward_str_eq(
		s, ward_pseudonym_token(&x->p, &x->arena, (struct ward_str){who, sizeof(who)})));
	who[4500] = 'b';
	assert_false(ward_str_eq(
		s, ward_pseudonym_token(&x->p, &x->arena, (struct ward_str){who, sizeof(who)})));
}

static struct ward_event read_event(struct fix *x, const char *json)
{
	struct ward_event e;

	assert_int_equal(
		ward_json_read_event(&x->reader, ward_str_z(json), &x->arena, &e), WARD_OK);
	return e;
}

static struct ward_event hidden(struct fix *x, const char *json)
{
	struct ward_event e = read_event(x, json);

	assert_int_equal(hide(&e, ward_pseudonym_token, &x->p), WARD_OK);
	return e;
}

/* Is the text of a field `want`, with the token of anna where that says {anna}? */
static void assert_text(
	struct fix *x, const struct ward_event *e, const char *field, const char *want)
{
	struct ward_str anna = token(x, "anna"), got, w = ward_str_z(want);

	got = ward_event_str(e, ward_name(&x->names, ward_str_z(field)));
	ward_wr_reset(&x->w);
	while (w.len) {
		size_t at = ward_str_find(w, WARD_STR("{anna}"));

		ward_wr_str(&x->w, ward_str_sub(w, 0, at == SIZE_MAX ? w.len : at));
		if (at == SIZE_MAX)
			break;
		ward_wr_str(&x->w, anna);
		w = ward_str_sub(w, at + strlen("{anna}"), w.len);
	}
	assert_int_equal(got.len, x->w.len);
	assert_memory_equal(got.p, x->w.p, got.len);
}

static void event_fields(void **state)
{
	struct fix *x = *state;
	struct ward_event e = hidden(x,
		"{\"TargetUserName\":\"CORP\\\\Anna\",\"Image\":\"C:\\\\Users\\\\anna\\\\a.exe\","
		"\"CommandLine\":\"copy 'anna' annab ANNA\",\"message\":\"for anna@corp: annabel\","
		"\"EventID\":4624,\"Other\":\"anna\"}");

	assert_text(x, &e, "TargetUserName", "CORP\\{anna}");
	assert_text(x, &e, "Image", "C:\\Users\\{anna}\\a.exe");
	assert_text(x, &e, "CommandLine", "copy '{anna}' annab {anna}");
	assert_text(x, &e, "message", "for {anna}@corp: annabel");
	/* fields of the source's own that the catalogue does not know stay as they are */
	assert_text(x, &e, "Other", "anna");
	assert_int_equal(ward_event_get(&e, ward_name(&x->names, WARD_STR("EventID")))->i, 4624);
}

/* "Doe, Jane" is found as a whole, its words alone are no identity of the event. */
static void several_words(void **state)
{
	struct fix *x = *state;
	struct ward_event e = hidden(
		x, "{\"message\":\"for DOE, jane; Doe and Doe, Janet\",\"patient\":\"Doe, Jane\"}");
	struct ward_str jane = token(x, "Doe, Jane"), got = ward_event_str(&e, WARD_FIELD_MESSAGE);

	assert_true(ward_str_eq(ward_event_str(&e, WARD_FIELD_PATIENT), jane));
	assert_true(ward_str_starts(got, WARD_STR("for p-")));
	assert_true(ward_str_eq(ward_str_sub(got, 4, jane.len), jane));
	assert_true(ward_str_eqz(ward_str_sub(got, 4 + jane.len, got.len), "; Doe and Doe, Janet"));
}

/* More of them than are looked for: the text is hidden whole. */
static void too_many_of_several_words(void **state)
{
	struct fix *x = *state;
	struct ward_wr json = ward_wr_grow(ward_mem_heap(), 1 << 16);

	ward_wr_z(&json, "{\"message\":\"for Name 65\",\"patient\":[\"Name 0\"");
	for (int i = 1; i < 66; i++)
		ward_wr_printf(&json, ",\"Name %d\"", i);
	ward_wr_z(&json, "]}");
	ward_wr_ch(&json, 0);
	struct ward_event e = hidden(x, ward_wr_text(&json).p);

	assert_true(ward_str_eqz(ward_event_str(&e, WARD_FIELD_MESSAGE), "(hidden)"));
	ward_wr_fini(&json);
}

static void nobody_to_hide(void **state)
{
	struct fix *x = *state;
	struct ward_event e = hidden(x, "{\"message\":\"root did it for a\",\"user\":\"root\"}");

	assert_text(x, &e, "message", "root did it for a");
	assert_text(x, &e, "user", "root");
	e = hidden(x, "{\"message\":\"a b\",\"User\":\"a\",\"user\":null,\"badge\":true}");
	/* a name of one letter is hidden, but not looked for in text */
	assert_text(x, &e, "message", "a b");
	assert_token(ward_event_str(&e, WARD_FIELD_USER_NAME));
	assert_int_equal(ward_event_get(&e, WARD_FIELD_USER)->kind, WARD_VALUE_NULL);
	assert_int_equal(ward_event_get(&e, WARD_FIELD_BADGE)->kind, WARD_VALUE_BOOL);
	e = hidden(x, "{\"message\":\"\",\"user\":\"\"}");
	assert_text(x, &e, "user", "");
}

/* A badge is the same whether it was written as a number or as text. */
static void numbers_and_lists(void **state)
{
	struct fix *x = *state;
	struct ward_event e = hidden(x, "{\"badge\":4711,\"message\":\"badge 4711 refused\"}");
	struct ward_str badge = token(x, "4711"), text = ward_event_str(&e, WARD_FIELD_MESSAGE);

	assert_true(ward_str_eq(ward_event_str(&e, WARD_FIELD_BADGE), badge));
	assert_true(ward_str_eq(ward_str_sub(text, 6, TOKEN), badge));
	e = hidden(x, "{\"user\":[\"anna\",\"root\",7,null],\"message\":[\"anna\",5,\"x\"]}");
	const struct ward_value *user = ward_event_get(&e, WARD_FIELD_USER),
				*message = ward_event_get(&e, WARD_FIELD_MESSAGE);

	assert_int_equal(user->n, 4);
	assert_true(ward_str_eq(user->item[0].s, token(x, "anna")));
	assert_true(same(user->item[1].s, "root"));
	assert_true(ward_str_eq(user->item[2].s, token(x, "7")));
	assert_int_equal(user->item[3].kind, WARD_VALUE_NULL);
	assert_true(ward_str_eq(message->item[0].s, token(x, "anna")));
	assert_int_equal(message->item[1].i, 5);
	assert_true(same(message->item[2].s, "x"));
}

/* Numbers of JSON in fields that the catalogue does not have. */
static void numbers_by_name(void **state)
{
	struct fix *x = *state;
	struct ward_event e = read_event(x,
		"{\"patient\":{\"id\":4711,\"bed\":4711},\"uid\":[1198400500,0],\"count\":123456,"
		"\"mrn\":12345678901234567890,\"born\":19600312,\"nir\":255081416802538,"
		"\"any\":255081416802538,\"other\":255081416802539,\"ratio\":1.55081416802538}");
	struct ward_pseudonym_way way = {
		.token = ward_pseudonym_token, .ctx = &x->p, .names = &x->names};

	assert_int_equal(ward_pseudonym_event(&e, &way), WARD_OK);
	const struct {
		const char *field, *who; /* who: "" when the number stays */
	} want[] = {{"patient.id", "4711"}, {"patient.bed", ""}, {"count", ""},
		{"mrn", "12345678901234567890"}, {"nir", "255081416802538"},
		{"any", "255081416802538"}, {"other", ""}, {"ratio", ""}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(want); i++) {
		uint32_t name = ward_name(&x->names, ward_str_z(want[i].field));

		assert_non_null(ward_event_get(&e, name));
		if (*want[i].who)
			assert_true(ward_str_eq(ward_event_str(&e, name), token(x, want[i].who)));
		else
			assert_int_not_equal(ward_event_get(&e, name)->kind, WARD_VALUE_STR);
	}
	assert_text(x, &e, "born", "(birth date)");
	const struct ward_value *uid = ward_event_get(&e, ward_name(&x->names, WARD_STR("uid")));

	assert_true(ward_str_eq(uid->item[0].s, token(x, "1198400500")));
	assert_int_equal(uid->item[1].kind, WARD_VALUE_INT);
}

/* A resource of FHIR that was posted. */
static void resource(void **state)
{
	struct fix *x = *state;
	const char *type[] = {"Patient", "Device"};
	struct ward_pseudonym_way way = {
		.token = ward_pseudonym_token, .ctx = &x->p, .names = &x->names};
	struct {
		const char *field, *who;
		bool always; /* not only where the resource is somebody */
	} want[] = {{"name.family", "Rossi", true}, {"name.given", "Mario", true},
		{"identifier.value", "T1234567", true}, {"contact.name.text", "Ann Lee", true},
		{"generalPractitioner.display", "Eva Smit", true}, {"id", "911824", false}};

	for (size_t k = 0; k < WARD_ARRAY_LEN(type); k++) {
		ward_wr_reset(&x->w);
		ward_wr_printf(&x->w,
			"{\"name\":[{\"family\":\"Rossi\",\"given\":[\"Mario\"]}],\"resourceType\":"
			"\"%s\","
			"\"identifier\":[{\"value\":\"T1234567\"}],\"id\":\"911824\",\"birthDate\":"
			"\"1960-03-12\",\"address\":{\"line\":\"Via Po "
			"1\"},\"valueQuantity\":{\"value\":"
			"1234567890},\"contact\":{\"name\":{\"text\":\"Ann Lee\"}},"
			"\"generalPractitioner\":{\"display\":\"Eva Smit\"},\"owner\":{\"display\":"
			"\"Ward 3\"}}",
			type[k]);
		ward_wr_ch(&x->w, '\0');
		struct ward_event e = read_event(x, (const char *)x->w.p);

		assert_int_equal(ward_pseudonym_event(&e, &way), WARD_OK);
		for (size_t i = 0; i < WARD_ARRAY_LEN(want); i++) {
			const struct ward_value *v =
				ward_event_get(&e, ward_name(&x->names, ward_str_z(want[i].field)));

			assert_non_null(v);
			struct ward_str is = v->kind == WARD_VALUE_LIST ? v->item[0].s : v->s;

			assert_int_equal(
				ward_str_eq(is, token(x, want[i].who)), want[i].always || k == 0);
		}
		assert_text(x, &e, "birthDate", "(birth date)");
		assert_text(x, &e, "address.line", "(address)");
		assert_text(x, &e, "owner.display", "Ward 3");
	}
}

/* However many identities an event has, each is looked for in its text. */
static void many(void **state)
{
	struct fix *x = *state;
	struct ward_wr json = ward_wr_grow(ward_mem_heap(), 1 << 16);

	ward_wr_z(&json, "{\"user\":[\"u0\"");
	for (unsigned i = 1; i < 100; i++)
		ward_wr_printf(&json, ",\"U%u\"", i);
	ward_wr_z(&json, "],\"message\":\"");
	for (unsigned i = 0; i < 100; i++)
		ward_wr_printf(&json, "u%u ", i);
	ward_wr_z(&json, "\"}");
	ward_wr_u8(&json, 0);
	struct ward_event e = hidden(x, (const char *)json.p);
	struct ward_str text = ward_event_str(&e, WARD_FIELD_MESSAGE);
	const struct ward_value *user = ward_event_get(&e, WARD_FIELD_USER);

	assert_int_equal(text.len, 100 * (TOKEN + 1));
	for (unsigned i = 0; i < 100; i++)
		assert_true(
			ward_str_eq(ward_str_sub(text, i * (TOKEN + 1), TOKEN), user->item[i].s));
	ward_wr_fini(&json);
}

static struct ward_str no_token(void *ctx, struct ward_arena *a, struct ward_str who)
{
	(void)ctx;
	(void)a;
	(void)who;
	return (struct ward_str){NULL, 0};
}

static void token_fails(void **state)
{
	struct fix *x = *state;
	struct ward_event e = read_event(x, "{\"user\":\"anna\"}");

	assert_int_equal(hide(&e, no_token, NULL), WARD_ERR_NOMEM);
	e = read_event(x, "{\"user\":[\"anna\"]}");
	assert_int_equal(hide(&e, no_token, NULL), WARD_ERR_NOMEM);
	e = read_event(x, "{\"door\":\"anna\"}");
	assert_int_equal(hide(&e, no_token, NULL), WARD_OK);
}

/* Each allocation fails once: the event is refused, or it is whole. */
static void no_memory(void **state)
{
	static const char json[] = "{\"badge\":4711,\"user\":[\"anna\",\"eva\"],"
				   "\"message\":\"anna with 4711\",\"CommandLine\":[\"eva\"]}";
	struct fix *x = *state;
	bool done = false;

	for (uint64_t at = 1; !done; at++) {
		struct ward_mem_failing mem;
		struct ward_arena arena;
		struct ward_event e, src = read_event(x, json);

		assert_true(at < 1000);
		ward_mem_failing_init(&mem, 0);
		ward_arena_init(&arena, &mem.mem, 1 << 20);
		assert_int_equal(ward_event_copy(&src, &arena, &e), WARD_OK);
		mem.fail_at = mem.n_call + at;
		enum ward_err err = hide(&e, ward_pseudonym_token, &x->p);

		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		done = err == WARD_OK;
		if (done)
			assert_true(ward_str_find(ward_event_str(&e, WARD_FIELD_MESSAGE),
					    WARD_STR("anna")) == SIZE_MAX);
		ward_arena_fini(&arena);
	}
}

/* The arena is full at every point in turn. */
static void no_room(void **state)
{
	static const char json[] = "{\"badge\":4711,\"user\":[\"anna\",\"eva\"],"
				   "\"message\":\"anna with 4711\",\"CommandLine\":[\"eva\"]}";
	struct fix *x = *state;
	bool done = false, refused = false;

	for (size_t room = 0; !done; room += 16) {
		struct ward_event e = read_event(x, json);
		struct ward_arena arena;

		ward_arena_init(&arena, ward_mem_heap(), room);
		e.arena = &arena;
		enum ward_err err = hide(&e, ward_pseudonym_token, &x->p);

		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		refused |= err != WARD_OK;
		done = err == WARD_OK;
		ward_arena_fini(&arena);
	}
	assert_true(refused);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {T(shape), T(domains), T(well_known),
		T(absurd_length), T(event_fields), T(several_words), T(too_many_of_several_words),
		T(nobody_to_hide), T(numbers_and_lists), T(numbers_by_name), T(resource), T(many),
		T(token_fails), T(no_memory), T(no_room)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
