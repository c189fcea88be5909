@echo off
rem Start finetuning: the old name of "python -m src.cli dataset train".
rem Not run on Windows so far. This version has no training yet and says so.
cd /d "%~dp0..\.."
python -m src.cli dataset train %*
exit /b %ERRORLEVEL%
