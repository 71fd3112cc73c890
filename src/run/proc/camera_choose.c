#include "run/proc/camera_choose.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SETTINGS = 16,
	SETTING = 4096,
	FD_LINK = 3, /* in the program */
	FD_URL = 4,
	FD_SAFE = 16, /* from where on they are put aside before they get their numbers */
	URL = 1280
};

static const ward_ns patience = 60 * WARD_NS_PER_S;

struct settings {
	char text[SETTINGS][SETTING];
	const char *argv[SETTINGS + 2];
	size_t n;
	bool too_long;
};

static void set(struct settings *s, const char *key, const char *value)
{
	if (!value)
		return;
	WARD_ASSERT(s->n < SETTINGS);
	int len = snprintf(s->text[s->n], SETTING, "%s=%s", key, value);

	s->too_long = s->too_long || len < 0 || len >= SETTING;
	s->argv[1 + s->n] = s->text[s->n];
	s->n++;
}

/* The program `onvif` lies beside our own. */
static void find(struct ward_process *p, char *path, size_t cap)
{
	static const char name[] = "onvif";
	ssize_t n = readlink("/proc/self/exe", path, cap - sizeof(name) - 1);

	if (n <= 0 || (size_t)n >= cap - sizeof(name) - 1)
		ward_process_die(p, "where our own program lies", WARD_ERR_IO);
	path[n] = 0;
	(void)snprintf(strrchr(path, '/') + 1, sizeof(name), "%s", name);
}

/* In the child: it takes our place here, with no other descriptors than the link, the address and
 * the log. Whatever their numbers were, they outlive execv. */
static WARD_NORETURN void become(const char *path, const struct settings *s, int link, int url)
{
	link = fcntl(link, F_DUPFD, FD_SAFE);
	url = fcntl(url, F_DUPFD, FD_SAFE);
	if (dup2(link, FD_LINK) == FD_LINK && dup2(url, FD_URL) == FD_URL &&
		close_range(FD_URL + 1, ~0u, 0) == 0)
		(void)execv(path, (char *const *)(uintptr_t)s->argv);
	_exit(WARD_PROCESS_DIED);
}

/* The device's address, which may hold a secret: no argument. */
static int hand_over(const char *address)
{
	int fd = memfd_create("url", MFD_CLOEXEC);

	if (fd >= 0 && ward_fd_write(fd, ward_str_bytes(ward_str_z(address))))
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

void camera_choose_begin(struct ward_process *p, struct camera_choose *c, int *ret_link)
{
	static const char *const same[] = {
		"uid", "user", "password_file", "certificate", "fps", "trace"};
	static struct settings s;
	char path[SETTING], number[24];
	int pair[2], url = hand_over(c->device);

	memset(&s, 0, sizeof(s));
	s.argv[0] = "onvif";
	(void)snprintf(number, sizeof(number), "%lld", (long long)getpid());
	set(&s, "supervisor", number);
	set(&s, "name", p->name);
	set(&s, "source", p->name);
	set(&s, "fd.choice", "3");
	set(&s, "fd.url", "4");
	for (size_t i = 0; i < WARD_ARRAY_LEN(same); i++)
		set(&s, same[i], ward_process_setting(p, same[i]));
	find(p, path, sizeof(path));
	if (s.too_long)
		ward_process_die(p, "a setting is too long", WARD_ERR_CONFIG);
	if (url < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0 ||
		fcntl(pair[0], F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(p, "who asks the device", WARD_ERR_IO);
	c->pid = fork();
	if (c->pid < 0)
		ward_process_die(p, "who asks the device", WARD_ERR_IO);
	if (c->pid == 0)
		become(path, &s, pair[1], url);
	(void)close(pair[1]);
	(void)close(url);
	c->until = ward_clock_mono(p->clock) + patience;
	*ret_link = pair[0];
}

static void end(struct camera_choose *c, int link)
{
	(void)close(link);
	(void)kill(c->pid, SIGKILL); /* else it ends by itself; it holds nothing */
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
}

enum ward_err camera_choose_take(
	struct ward_process *p, struct camera_choose *c, int link, struct ward_choice *ret)
{
	static uint8_t buf[WARD_MSG_MAX];
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(link, buf, &m);

	if (err == WARD_ERR_AGAIN && ward_clock_mono(p->clock) < c->until)
		return err;
	if (!err)
		err = m.type == WARD_MSG_CHOICE ? ward_choice_read(&m.body, ret)
						: WARD_ERR_MALFORMED;
	end(c, link);
	return err ? WARD_ERR_FOREIGN : WARD_OK;
}

enum ward_err camera_choose_url(const struct camera_choose *c, const struct ward_choice *of,
	struct ward_rtsp_url *ret, const char **ret_why)
{
	struct ward_rtsp_url at;
	char text[URL];
	const char *rest = strchr(c->device, ':');
	int n = snprintf(text, sizeof(text), "rtsp%s", rest ? rest : "");

	*ret_why = "the device's address is too long";
	if (n < 0 || (size_t)n >= sizeof(text))
		return WARD_ERR_MALFORMED;
	if (ward_rtsp_url_read(ward_str_z(text), &at, ret_why) != WARD_OK)
		return WARD_ERR_MALFORMED;
	bool v6 = strchr(at.host, ':') != NULL;

	n = snprintf(text, sizeof(text), "rtsp%s://%s%s%s:%u%s", of->tls ? "s" : "", v6 ? "[" : "",
		at.host, v6 ? "]" : "", (unsigned)of->port, of->path);
	*ret_why = "its stream's address is too long";
	return n < 0 || (size_t)n >= sizeof(text)
		       ? WARD_ERR_MALFORMED
		       : ward_rtsp_url_read(ward_str_z(text), ret, ret_why);
}
