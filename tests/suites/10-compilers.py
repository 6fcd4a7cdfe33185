#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The compilers of templates and texts: tools/template_compiler_test.py and tools/text_compiler_test.py, one line a case."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../tools'))


class Lines(unittest.TestResult):
    def name(self, test):
        return f'{type(test).__module__}: {test._testMethodName[5:].replace("_", " ")}'

    def addSuccess(self, test):
        print(f'ok - {self.name(test)}', flush=True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        print(f'not ok - {self.name(test)} # tools/{type(test).__module__}.py Case.{test._testMethodName}', flush=True)
        print('    ' + self.failures[-1][1].replace('\n', '\n    ') if self.failures else '', flush=True)

    def addError(self, test, err):
        self.addFailure(test, err)

    def addSubTest(self, test, subtest, err):
        if err:
            self.addFailure(test, err)


result = Lines()
for module in ('template_compiler_test', 'text_compiler_test'):
    unittest.defaultTestLoader.loadTestsFromName(module).run(result)
sys.exit(0 if result.wasSuccessful() else 1)
