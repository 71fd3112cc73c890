/* An incident that is critical already gets something critical of another kind: who knows it is
 * told of that, once, with what answers it, and is asked anew. */
#include "lab_incident.h"

enum { GUARD, OFFICER, RECIPIENTS };

#define TEXT(s)                  \
	{                        \
		s, sizeof(s) - 1 \
	}

static const struct ward_str fire[] = {TEXT("fire.fire")},
			     smoke[] = {TEXT("fire.fire"), TEXT("fire.smoke")},
			     locked[] = {TEXT("malware.ransomware")};
static const struct ward_respond_playbook book[] = {{TEXT("near"), TEXT("Fire near it"), fire, 1},
	{TEXT("smoke"), TEXT("Smoke"), smoke, 2},
	{TEXT("ransomware"), TEXT("Ransomware on a ward"), locked, 1}};

#define THREAT(code) "{\"asset\":\"r-1\",\"threat\":\"" code "\",\"likelihood\":[0.5,0.9]}"
#define CRITICAL(code, domain, sign, role, text)                                          \
	"{\"threat\":\"" code "\",\"domain\":\"" domain "\",\"sign\":\"" sign             \
	"\",\"on\":\"Files\",\"subject\":\"\",\"where\":\"Server room\",\"role\":\"" role \
	"\",\"reach\":\"extension 7\",\"text\":\"" text "\"}"
#define FIRE CRITICAL("fire.fire", "physical", "Fire", "Fire officer", "Follow the fire plan")
#define SMOKE CRITICAL("fire.smoke", "physical", "Smoke", "Fire officer", "Look")
/* It began before the fire: what was seen first is not what is told first. */
#define LOCKED                                                                               \
	CRITICAL("malware.ransomware", "cyber", "Files of a share are locked", "IT on call", \
		"Cut it off")

static const char only_fire[] = ",\"threats\":[" THREAT("fire.fire") "]",
		  and_smoke[] = ",\"critical\":[" FIRE "," SMOKE
				"],\"threats\":[" THREAT("fire.fire") "," THREAT("fire.smoke") "]",
		  not_critical[] =
			  ",\"threats\":[" THREAT("fire.fire") "," THREAT("malware.ransomware") "]",
		  and_locked[] = ",\"critical\":[" LOCKED "," FIRE "],\"threats\":[" THREAT(
			  "fire.fire") "," THREAT("malware.ransomware") "]";

static struct lab *fresh(bool remembers)
{
	struct lab *l = lab_new(RECIPIENTS);

	l->playbook = book;
	l->n_playbook = WARD_ARRAY_LEN(book);
	l->remembers = remembers;
	l->listener[GUARD].acknowledge = 300 * WARD_NS_PER_S;
	lab_life(l);
	return l;
}

static void seen(struct lab *l, unsigned revision, const char *more)
{
	struct lab_incident in = {1, revision, 30, 1, "critical", "suspected", "hybrid", more};

	lab_incident(l, &in);
	lab_settle(l);
}

static void acknowledge(struct lab *l, unsigned id)
{
	const struct ward_decision of = {.kind = WARD_DECISION_ACKNOWLEDGE,
		.id = {{(uint8_t)id, 9}},
		.at = l->now,
		.person = WARD_STR("p-17"),
		.role = WARD_STR("security-officer"),
		.subject = WARD_STR("00000001-0000-8000-8000-000000000000")};
	struct ward_delivery d;
	const char *why;

	lab_read(l);
	assert_int_equal(ward_respond_acknowledge(l->r, &of, SIZE_MAX, &d, &why), WARD_OK);
	lab_add(l, &d, d.json);
	lab_settle(l);
}

/* The last message to the listener says what is new before what is known. */
static void assert_tells(const struct lab *l, size_t listener)
{
	size_t at = l->n_got;

	while (at > 0 && l->got[at - 1].listener != listener)
		at--;
	assert_true(at > 0);
	at--;
	assert_says(l, at,
		"Something else critical in it: CRITICAL, physical and cyber at once: Files of a "
		"share are locked\\n");
	assert_says(l, at,
		"Where: Files · Server room\\nTo do, IT on call (extension 7): Cut it off\\n"
		"Playbook that answers it: Ransomware on a ward; ask for ransomware\\n"
		"It is part of what you know as: Door of a technical room forced open\\n");
	assert_says(l, at, "\"change\":\"more\"");
	assert_says(l, at,
		"\"new\":{\"threat\":\"malware.ransomware\",\"title\":\"Files of a share are "
		"locked\","
		"\"on\":\"Files\",\"where\":\"Server room\"}");
	assert_says(l, at, "\"first_step\":{\"role\":\"IT on call\"");
	assert_says(l, at, "\"title\":\"Door of a technical room forced open\"");
	assert_says(l, at, "\"playbooks\":[{\"id\":\"ransomware\"");
	assert_says(l, at, "\"short\":\"Something else critical in it: CRITICAL, Files of a share");
	assert_says(l, at, "\"page\":\"CRITICAL, Files of a share are locked. Files.");
}

/* Also in new lives, that read what the last one saved or all rows. */
static void test_once(void **state)
{
	(void)state;
	for (unsigned remembers = 0; remembers < 2; remembers++) {
		struct lab *l = fresh(remembers);

		seen(l, 1, only_fire);
		assert_int_equal(l->n_got, RECIPIENTS);
		seen(l, 2, and_locked);
		assert_int_equal(l->n_got, 2 * RECIPIENTS);
		assert_tells(l, GUARD);
		assert_tells(l, OFFICER);
		assert_int_equal(lab_rows(l, "\"critical\":2"), RECIPIENTS);
		for (unsigned i = 3; i < 6; i++) {
			lab_life(l);
			seen(l, i, and_locked);
		}
		seen(l, 6, only_fire); /* a sign is expected after all; and is not */
		seen(l, 7, and_locked);
		assert_int_equal(l->n_got, 2 * RECIPIENTS);
		lab_free(l);
	}
}

/* What playbooks of the first answer, what is less than critical or expected (the row names
 * neither) and what no playbook answers interrupt nobody. */
static void test_not(void **state)
{
	static const char *const second[] = {only_fire, not_critical, and_smoke};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(second); i++) {
		struct lab *l = fresh(i % 2);

		l->n_playbook = i == 2 ? 1 : WARD_ARRAY_LEN(book);
		lab_life(l);
		seen(l, 1, only_fire);
		seen(l, 2, second[i]);
		assert_int_equal(l->n_got, RECIPIENTS);
		lab_free(l);
	}
	struct lab *l = fresh(true); /* nobody has a playbook of it */

	l->n_playbook = 2;
	lab_life(l);
	seen(l, 1, only_fire);
	seen(l, 2, and_locked);
	assert_int_equal(l->n_got, RECIPIENTS);
	lab_free(l);
	l = fresh(true); /* who asked for fire alone, and who for nothing of machines */
	l->listener[GUARD].threat = fire;
	l->listener[GUARD].n_threat = 1;
	l->listener[OFFICER].kinds = WARD_KIND_PHYSICAL | WARD_KIND_HYBRID;
	lab_life(l);
	seen(l, 1, only_fire);
	seen(l, 2, and_locked);
	assert_int_equal(l->n_got, RECIPIENTS);
	lab_free(l);
	l = fresh(true); /* told with the first message, as all of it is */
	seen(l, 1, and_locked);
	seen(l, 2, and_locked);
	assert_int_equal(l->n_got, RECIPIENTS);
	lab_free(l);
}

/* Who took a fire did not take what is behind it: it is asked anew, once, and what is taken then is
 * taken. */
static void test_taken(void **state)
{
	(void)state;
	for (unsigned remembers = 0; remembers < 2; remembers++) {
		struct lab *l = fresh(remembers);
		size_t n;

		seen(l, 1, only_fire);
		acknowledge(l, 1);
		n = l->n_got;
		seen(l, 2, and_locked);
		assert_int_equal(l->n_got, n + RECIPIENTS);
		assert_tells(l, GUARD);
		assert_tells(l, OFFICER);
		assert_int_equal(lab_rows(l, "\"critical\":2,\"asks\":true"), 1);
		lab_life(l);
		l->now += 600 * WARD_NS_PER_S; /* the guard is the last: asked again */
		lab_settle(l);
		assert_int_equal(l->n_got, n + RECIPIENTS + 1);
		assert_says(l, l->n_got - 1, "Still nobody acknowledged it");
		acknowledge(l, 2);
		assert_int_equal(lab_rows(l, "\"kind\":\"acknowledgement\""), 2);
		n = l->n_got;
		lab_life(l);
		seen(l, 3, and_locked);
		l->now += 3600 * WARD_NS_PER_S;
		lab_settle(l);
		assert_int_equal(l->n_got, n);
		lab_free(l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_once), cmocka_unit_test(test_not),
		cmocka_unit_test(test_taken)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
