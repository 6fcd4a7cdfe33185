/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights that a newer kernel knows than the headers we are built with; numbers are the kernel's promise to programs. */
#define RIGHT_REFER    (1ULL << 13) /* ABI 2 */
#define RIGHT_TRUNCATE (1ULL << 14) /* ABI 3 */
#define RIGHTS_ABI1    ((1ULL << 13) - 1)

#define READING \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FILE_RIGHTS \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE)

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

int sandbox_harden(void)
{
	struct rlimit none = { 0, 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return ERR_UNSUPPORTED;
	return setrlimit(RLIMIT_CORE, &none) < 0 ? ERR_IO : OK;
}

/* --- landlock (there is no wrapper in glibc 2.36) */

static int allow(int ruleset, const char *path, uint64_t rights)
{
	int AUTO(fd_close) fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = fd };
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? OK : ERR_IO;
	if (fstat(fd, &st) < 0)
		return ERR_IO;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= FILE_RIGHTS;
	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 ? ERR_IO : OK;
}

static int allow_all(int ruleset, const char *const *paths, uint64_t rights)
{
	for (; paths && *paths; paths++)
		TRY(allow(ruleset, *paths, rights));
	return OK;
}

bool sandbox_files_known(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

int sandbox_files(const char *const *read_only, const char *const *read_write, bool *ret_enforced)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = { .handled_access_fs = RIGHTS_ABI1 };

	*ret_enforced = false;
	if (abi < 1)
		return OK; /* an older kernel, or switched off: seccomp and the unit file of systemd still stand */
	if (abi >= 2)
		attr.handled_access_fs |= RIGHT_REFER;
	if (abi >= 3)
		attr.handled_access_fs |= RIGHT_TRUNCATE;

	int AUTO(fd_close) ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (ruleset < 0)
		return ERR_IO;
	TRY(allow_all(ruleset, read_only, READING));
	TRY(allow_all(ruleset, read_write, attr.handled_access_fs & ~LANDLOCK_ACCESS_FS_EXECUTE));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return ERR_UNSUPPORTED;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return ERR_IO;
	*ret_enforced = true;
	return OK;
}

/* --- seccomp */

static void filter_end(scmp_filter_ctx *f)
{
	if (*f)
		seccomp_release(*f);
}

static const int intake_allowed[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(close), SCMP_SYS(fstat),
	SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(fstatfs), SCMP_SYS(statfs),
	SCMP_SYS(lseek), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(getpid),
	SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(getrandom), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(getdents64),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(uname),
	SCMP_SYS(sysinfo), SCMP_SYS(getcwd), SCMP_SYS(tgkill), SCMP_SYS(restart_syscall),
};
/* What a picture decoder never asks for, but whoever has taken it over does: no second try. */
static const int intake_deadly[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen),
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(bpf), SCMP_SYS(io_uring_setup),
	SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(chroot), SCMP_SYS(setuid), SCMP_SYS(setgid),
};
static const int serve_deadly[] = {
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp), SCMP_SYS(mount),
	SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(init_module),
	SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(reboot),
	SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
	SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl), SCMP_SYS(open_by_handle_at), SCMP_SYS(acct),
	SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(personality),
};
/* Programs that ask first and go on without (glibc, liburing) must live. */
static const int serve_refused[] = { SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register) };

static int rules(scmp_filter_ctx f, uint32_t action, const int *call, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* a call that this architecture does not have cannot be made */
		int rc = seccomp_rule_add(f, action, call[i], 0);
		if (rc < 0 && rc != -EDOM && rc != -EEXIST)
			return ERR_UNSUPPORTED;
	}
	return OK;
}
#define RULES(f, action, list) TRY(rules((f), (action), (list), sizeof(list) / sizeof *(list)))

static int intake_filter(scmp_filter_ctx f, bool may_open)
{
	/* memory that can be written never becomes code, and no file is mapped as code any more */
	const struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const struct scmp_arg_cmp only_read = SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, 0);
	static const int fcntls[] = { F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC };

	RULES(f, SCMP_ACT_ALLOW, intake_allowed);
	RULES(f, SCMP_ACT_KILL_PROCESS, intake_deadly);
	if (seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec) < 0 ||
		seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec) < 0)
		return ERR_UNSUPPORTED;
	for (size_t i = 0; i < sizeof fcntls / sizeof *fcntls; i++) {
		if (seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)fcntls[i])) < 0)
			return ERR_UNSUPPORTED;
	}
	if (may_open && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, only_read) < 0)
		return ERR_UNSUPPORTED;
	return OK;
}

static int serve_filter(scmp_filter_ctx f)
{
	const uint32_t refuse = SCMP_ACT_ERRNO(EAFNOSUPPORT);

	RULES(f, SCMP_ACT_KILL_PROCESS, serve_deadly);
	RULES(f, SCMP_ACT_ERRNO(EPERM), serve_refused);
	/* sockets: UNIX, IPv4, IPv6, and netlink, by which the resolver learns our own addresses */
	for (scmp_datum_t family = 3; family < AF_NETLINK; family++) {
		if (family != AF_INET6 && seccomp_rule_add(f, refuse, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, family)) < 0)
			return ERR_UNSUPPORTED;
	}
	if (seccomp_rule_add(f, refuse, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GT, AF_NETLINK)) < 0)
		return ERR_UNSUPPORTED;
	return OK;
}

int sandbox_calls(enum sandbox_profile p, bool may_open)
{
	uint32_t otherwise = p == SANDBOX_INTAKE ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW;
	scmp_filter_ctx AUTO(filter_end) f = seccomp_init(otherwise);

	if (!f || seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) < 0)
		return ERR_UNSUPPORTED;
	/* a 32-bit call in a 64-bit process comes from nobody of ours */
	if (seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) < 0)
		return ERR_UNSUPPORTED;
	TRY(p == SANDBOX_INTAKE ? intake_filter(f, may_open) : serve_filter(f));
	return seccomp_load(f) < 0 ? ERR_UNSUPPORTED : OK;
}
