#include "fuzz.h"

#include "exercise/act.h"
#include "exercise/capture.h"

#include "../unit/exercise/stage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char scenario[] =
	"id: s\ntitle: T\nhospital: h\nsynthetic: true\nstart: 2026-03-12T03:10:00+01:00\n"
	"actors: [{id: i, network: n-bms, ip: 10.1.0.99, mac: \"02:00:00:00:00:99\"}]\n"
	"expect: {incidents: 0}\n"
	"steps: [{at: 1s, tool: {from: i, run: nmap, capture: a.pcap}}]\n";

static char dir[] = "/tmp/ward-fuzz-XXXXXX", folder[64], path[80];

static void clear(void)
{
	(void)unlink(path);
	(void)rmdir(folder);
	(void)rmdir(dir);
}

/* A capture that came with a scenario: a finding, or frames that can be sent. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct stage st;
	static struct ward_scenario *s;

	if (!s) {
		stage_open(&st);
		WARD_ASSERT(stage_load(&st, ward_mem_heap(),
				    ward_slice_of(scenario, sizeof(scenario) - 1), &s) == WARD_OK);
		WARD_ASSERT(s && mkdtemp(dir));
		(void)snprintf(folder, sizeof(folder), "%s/stage", dir);
		(void)snprintf(path, sizeof(path), "%s/a.pcap", folder);
		WARD_ASSERT(mkdir(folder, 0700) == 0 && atexit(clear) == 0);
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	WARD_ASSERT(fd >= 0 && write(fd, data, len) == (ssize_t)len && close(fd) == 0);
	s->step[0].tool.n_heard = 0;
	enum ward_err err = ward_capture_load(s, dir, &st.d);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_NOMEM);
	for (size_t i = 0; i < ward_act_frames(&s->step[0]); i++) {
		uint8_t buf[WARD_ACT_FRAME_MAX];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		ward_act_frame(s, 0, i, &w);
		WARD_ASSERT(!ward_wr_bad(&w) && ward_act_frame_after(&s->step[0], i) >= 0);
	}
	ward_diag_fini(&st.d);
	ward_diag_init(&st.d, ward_mem_heap());
	return 0;
}
