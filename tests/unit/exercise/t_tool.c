/* Steps that real tools do, what stands there for them, and what was heard when they ran. */
#include "stage.h"

#include "exercise/act.h"
#include "exercise/capture.h"
#include "exercise/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCAN                                                                                 \
	"  - {at: 1s, tool: {from: intruder, run: nmap, with: [-sn, \"{ip}/30\"], capture: " \
	"a.pcap}}\n"

static struct stage st;
static char dir[] = "/tmp/ward-tool-XXXXXX";

static int setup(void **state)
{
	(void)state;
	stage_open(&st);
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	stage_close(&st);
	return rmdir(dir);
}

/* stage_scenario, with these lines before `steps`, and these steps. */
static struct ward_scenario *load(const char *before, const char *steps)
{
	const char *from = strstr(stage_scenario, "steps:\n");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_scenario *s;

	ward_diag_fini(&st.d);
	ward_diag_init(&st.d, ward_mem_heap());
	ward_wr_bytes(&w, stage_scenario, (size_t)(from - stage_scenario));
	ward_wr_printf(&w, "%ssteps:\n%s", before, steps);
	(void)stage_load(&st, ward_mem_heap(), ward_wr_slice(&w), &s);
	ward_wr_fini(&w);
	return s;
}

static void whole(void **state)
{
	struct ward_scenario *s =
		load("controllers: [{source: meters, values: {volts: [{at: 0s, "
		     "to: 1}], lamp: [{at: 0s, to: 0}], watts: [{at: 0s, to: 0}]}}]\n"
		     "stage:\n  - {host: sup, serves: archive}\n"
		     "  - {host: ahu-1, controller: \"127.0.0.1:1502\"}\n",
			SCAN);

	(void)state;
	if (!s)
		fail_msg("%.*s", (int)st.d.item[0].what.len, st.d.item[0].what.p);
	assert_int_equal(s->n_stand, 2);
	assert_string_equal(s->stand[0].serves->program, "Orthanc");
	assert_ptr_equal(s->stand[1].controller, &s->controller[0]);
	assert_int_equal(s->step[0].act, WARD_ACT_TOOL);
	assert_string_equal(s->step[0].tool.run->package, "nmap");
	assert_int_equal(s->step[0].tool.n_with, 2);
	assert_int_equal(s->step[0].tool.within, 30 * WARD_NS_PER_S);
	assert_in_range(s->host[s->step[0].from].prefix, 1, 16);
	assert_int_equal(ward_act_frames(&s->step[0]), 0); /* nothing was captured yet */
	ward_scenario_free(s);
}

static void findings(void **state)
{
	static const struct {
		const char *before, *steps, *what;
	} bad[] = {
		{"", "  - {at: 1s, tool: {from: intruder, run: rm, capture: a.pcap}}\n",
			"there is no tool 'rm'"},
		{"", "  - {at: 1s, tool: {from: gone, run: nmap, capture: a.pcap}}\n",
			"there is no asset or actor 'gone'"},
		{"", "  - {at: 1s, tool: {from: intruder, run: nmap}}\n", "'capture' is missing"},
		{"", "  - {at: 1s, tool: {from: intruder, run: nmap, capture: ../a.pcap}}\n",
			"'capture' has the bad value"},
		{"", "  - {at: 1s, tool: {from: intruder, run: nmap, capture: .pcap}}\n",
			"is no name of a capture"},
		{"",
			"  - {at: 1s, tool: {from: intruder, run: nmap, capture: a.pcap, within: "
			"1h}}\n",
			"'within' is not above 0"},
		{"",
			"  - {at: 1s, tool: {from: intruder, run: nmap, capture: a.pcap, with: "
			"[[]]}}\n",
			"this is no word of a command"},
		{"", SCAN SCAN, "the capture 'a.pcap' is that of line"},
		{"stage: [{host: sup, serves: rm}]\n", SCAN, "there is no server 'rm'"},
		{"stage: [{host: sup, serves: archive, controller: \"127.0.0.1:1\"}]\n", SCAN,
			"a host `serves`, or is a `controller`"},
		{"stage: [{host: sup, serves: names, leases: \"10.1.0.9\"}]\n", SCAN,
			"'leases' are no two addresses"},
		{"stage: [{host: sup, serves: archive, leases: \"10.1.0.9,10.1.0.20\"}]\n", SCAN,
			"this server gives out no addresses"},
		{"stage: [sup]\n", SCAN, "what stands there is a map"},
		{"stage: [{host: sup, controller: \"127.0.0.1:1\"}]\n", SCAN,
			"no controller of the scenario stands at '127.0.0.1:1'"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_scenario *s = load(bad[i].before, bad[i].steps);
		bool is = false;

		assert_null(s);
		for (size_t k = 0; k < st.d.n; k++)
			is |= strstr(st.d.item[k].what.p, bad[i].what) != NULL;
		if (!is)
			fail_msg("no finding: %s", bad[i].what);
	}
}

static void words(void **state)
{
	char text[128];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	const struct ward_stage_words is = {.dir = WARD_STR("/d"),
		.ip = WARD_STR("10.1.0.9"),
		.host = WARD_STR("h"),
		.content = WARD_STR("/c/stage"),
		.scenario = WARD_STR("{dir}")};

	(void)state;
	ward_stage_say(WARD_STR("{ip}/30 {host} {dir}{content} {x} { {scenario}"), &is, &w);
	ward_wr_u8(&w, 0);
	assert_string_equal(text, "10.1.0.9/30 h /d/c/stage {x} { {dir}");
}

/* As it is called, with blanks in it, too. */
static void found(void **state)
{
	char path[64], at[64];
	int fd;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/a tool", dir);
	assert_false(ward_stage_find(ward_str_z(path), at, sizeof(at)));
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_true(ward_stage_find(ward_str_z(path), at, sizeof(at)));
	assert_string_equal(at, path);
	assert_false(ward_stage_find(ward_str_z(path), at, strlen(path)));
	assert_int_equal(unlink(path), 0);
	assert_true(ward_stage_find(WARD_STR("sh"), at, sizeof(at)));
	assert_false(ward_stage_find(WARD_STR("sh -c"), at, sizeof(at)));
}

static void put(const char *path, const void *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	(void)close(fd);
}

/* Two frames, a tenth of a second apart, as draft-ietf-opsawg-pcap writes them. */
static size_t two_frames(uint8_t *to, size_t cap)
{
	struct ward_wr w = ward_wr_fixed(to, cap);

	ward_wr_le32(&w, 0xa1b2c3d4);
	ward_wr_le16(&w, 2);
	ward_wr_le16(&w, 4);
	ward_wr_le32(&w, 0);
	ward_wr_le32(&w, 0);
	ward_wr_le32(&w, 65535);
	ward_wr_le32(&w, 1);
	for (uint32_t i = 0; i < 2; i++) {
		ward_wr_le32(&w, 1000);
		ward_wr_le32(&w, i * 100000);
		ward_wr_le32(&w, 60);
		ward_wr_le32(&w, 60);
		for (size_t k = 0; k < 60; k++)
			ward_wr_u8(&w, (uint8_t)(k < 6 ? 0xff : i + 1));
	}
	assert_false(ward_wr_bad(&w));
	return w.len;
}

static void captures(void **state)
{
	struct ward_scenario *s = load("", SCAN);
	char folder[64], path[80];
	uint8_t bytes[512];
	size_t n = two_frames(bytes, sizeof(bytes));

	(void)state;
	assert_non_null(s);
	(void)snprintf(folder, sizeof(folder), "%s/stage", dir);
	(void)snprintf(path, sizeof(path), "%s/a.pcap", folder);
	assert_int_equal(ward_capture_load(s, dir, &st.d), WARD_OK);
	assert_int_equal(st.d.n_error, 0);
	assert_int_equal(st.d.n_warning, 1); /* it is not there */
	assert_int_equal(mkdir(folder, 0700), 0);
	put(path, bytes, n);
	assert_int_equal(ward_capture_load(s, dir, &st.d), WARD_OK);
	assert_int_equal(st.d.n_error, 0);
	assert_int_equal(ward_act_frames(&s->step[0]), 2);
	assert_int_equal(ward_act_frame_after(&s->step[0], 1), 100 * WARD_NS_PER_MS);

	uint8_t frame[WARD_ACT_FRAME_MAX];
	struct ward_wr w = ward_wr_fixed(frame, sizeof(frame));

	ward_act_frame(s, 0, 1, &w);
	assert_int_equal(w.len, 60);
	assert_int_equal(frame[7], 2);
	for (size_t cut = 0; cut < n; cut++) { /* cut off anywhere: a finding, or fewer frames */
		size_t before = st.d.n_error, warned = st.d.n_warning;

		s->step[0].tool.n_heard = 0;
		put(path, bytes, cut);
		assert_int_equal(ward_capture_load(s, dir, &st.d), WARD_OK);
		assert_true(st.d.n_error > before || cut == 24 || cut == 24 + 76);
		assert_true(s->step[0].tool.n_heard < 2);
		assert_int_equal(st.d.n_warning - warned, cut == 24); /* no frame at all */
		if (cut == 24)
			assert_non_null(
				strstr(st.d.item[st.d.n - 1].what.p, "a.pcap' holds no frame"));
	}
	bytes[24 + 76 + 1] = 0x10; /* 4,000 seconds later */
	put(path, bytes, n);
	s->step[0].tool.n_heard = 0;
	assert_int_equal(ward_capture_load(s, dir, &st.d), WARD_OK);
	assert_non_null(strstr(st.d.item[st.d.n - 1].what.p, "more than 15 minutes"));
	bytes[24 + 12] = 200; /* longer than what is there: the length on the wire */
	put(path, bytes, n);
	s->step[0].tool.n_heard = 0;
	assert_int_equal(ward_capture_load(s, dir, &st.d), WARD_OK);
	assert_non_null(strstr(st.d.item[st.d.n - 1].what.p, "a frame is cut off"));
	assert_int_equal(truncate(path, WARD_CAPTURE_FILE + 1), 0); /* nothing of it is read */
	s->step[0].tool.n_heard = 0;
	assert_int_equal(ward_capture_load(s, dir, &st.d), WARD_OK);
	assert_non_null(strstr(st.d.item[st.d.n - 1].what.p, "8388609 bytes; 8388608 are"));
	assert_int_equal(s->step[0].tool.n_heard, 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	ward_scenario_free(s);
}

/* What a server says is looked for beside the captures. */
static void servers(void **state)
{
	struct ward_scenario *s = load("stage:\n  - {host: sup, serves: registers}\n", SCAN);
	char folder[64], path[80], capture[80];
	uint8_t bytes[512];
	size_t n = two_frames(bytes, sizeof(bytes));

	(void)state;
	assert_non_null(s);
	(void)snprintf(folder, sizeof(folder), "%s/stage", dir);
	(void)snprintf(path, sizeof(path), "%s/sup.registers", folder);
	(void)snprintf(capture, sizeof(capture), "%s/a.pcap", folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	put(capture, bytes, n);
	assert_int_equal(ward_capture_load(s, dir, &st.d), WARD_OK);
	assert_int_equal(st.d.n_warning, 1);
	assert_non_null(strstr(st.d.item[st.d.n - 1].what.p, "sup.registers' is not there"));
	put(path, bytes, 0);
	s->step[0].tool.n_heard = 0;
	assert_int_equal(ward_capture_load(s, dir, &st.d), WARD_OK);
	assert_int_equal(st.d.n_warning, 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(capture), 0);
	assert_int_equal(rmdir(folder), 0);
	ward_scenario_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(findings),
		cmocka_unit_test(words),
		cmocka_unit_test(found),
		cmocka_unit_test(captures),
		cmocka_unit_test(servers),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
