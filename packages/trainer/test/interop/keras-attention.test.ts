import { describeKerasCases } from './keras-cases.ts'

describeKerasCases('attention')
