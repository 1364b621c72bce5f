@echo off
rem A double click starts Cohortscope in the browser; closing this window ends it.
chcp 65001 >nul
cd /d "%~dp0"
where py >nul 2>nul
if not errorlevel 1 (
    py -3 launch\laptop.py %*
    goto ended
)
where python >nul 2>nul
if not errorlevel 1 (
    python launch\laptop.py %*
    goto ended
)
echo Cohortscope needs Python 3.11 or later. Install it from https://www.python.org/downloads/
echo (no administrator is needed), then double click this file again.
pause
exit /b 1
:ended
if errorlevel 1 pause
